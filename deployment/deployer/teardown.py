"""Destroys everything, in any state: half-made, half-destroyed, or with files in flight."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from botocore.exceptions import ClientError

from . import console, stacks
from .aws import Aws
from .buckets import empty, stop_events
from .console import heading
from .errors import DeployError
from .network_interfaces import delete_interfaces
from .parallel import run_parallel
from .plan import GLOBAL_REGION, ROOT, Plan, Stack
from .sam import upload_prefix
from .stack_info import stack_outputs

SAM_STACK = "aws-sam-cli-managed-default"  # `sam deploy --resolve-s3` creates it for its bucket


class Teardown:
    """The steps of `make destroy-all`, each of which tolerates what is missing."""

    def __init__(self, aws: Aws, plan: Plan) -> None:
        self._aws = aws
        self._plan = plan
        self._regions = plan.settings.regions
        self._account = aws.account(plan.settings.primary_region)

    def running_count(self) -> int:
        """How many files are being processed."""
        return sum(len(list(self._running_executions(region))) for region in self._regions)

    def run(self) -> None:
        """Take the steps of `make deploy` backwards."""
        heading("[1/5] Files in flight, events, replication")
        self._stop_work()
        heading("[2/5] Experiments, both applications")
        self._delete(*self._plan.experiments, self._plan.primary, self._plan.standby)
        heading("[3/5] Tables, routing control, DNS, Multi-Region Access Point")
        self._delete(self._plan.tables, self._plan.shared)
        heading("[4/5] Buckets and networks")
        run_parallel(*(partial(self._delete_foundation, stack) for stack in self._plan.foundations))
        heading("[5/5] Uploads of the deployment, logs")
        self._delete_leftovers()

    def _stop_work(self) -> None:
        """Stop new events first, then the executions, so that nothing writes any more.

        The rule on executions that end badly stays, and tells the owners of these files.
        """
        for region in self._regions:
            stop_events(self._aws, self._plan.bucket(self._account, region), region)
        for region in self._regions:
            stepfunctions = self._aws.client("stepfunctions", region)
            executions = list(self._running_executions(region))
            for execution in executions:
                stepfunctions.stop_execution(executionArn=execution, cause="make destroy-all")
            if executions:
                console.info(f"{len(executions)} executions stopped in {region}")

    def _running_executions(self, region: str) -> Iterator[str]:
        name = f"MainOrchestrator{self._plan.env}"
        stepfunctions = self._aws.client("stepfunctions", region)
        partition = _partition(stepfunctions)
        arn = f"arn:{partition}:states:{region}:{self._account}:stateMachine:{name}"
        pages = stepfunctions.get_paginator("list_executions").paginate(
            stateMachineArn=arn, statusFilter="RUNNING"
        )
        try:
            for page in pages:
                yield from (execution["executionArn"] for execution in page["executions"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "StateMachineDoesNotExist":
                raise

    def _delete(self, *old_stacks: Stack) -> None:
        run_parallel(*(partial(stacks.delete, self._aws, stack) for stack in old_stacks))

    def _delete_foundation(self, stack: Stack) -> None:
        """Try twice: a replica that was on its way may arrive after the bucket was emptied."""
        bucket = self._plan.bucket(self._account, stack.region)
        delete_interfaces(self._aws, stack)
        empty(self._aws, bucket, stack.region)
        try:
            stacks.delete(self._aws, stack)
        except DeployError:
            console.info(f"{stack}: trying once more")
            empty(self._aws, bucket, stack.region)
            stacks.delete(self._aws, stack)

    def _delete_leftovers(self) -> None:
        for region in sorted({*self._regions, GLOBAL_REGION}):
            outputs = stack_outputs(self._aws, Stack(SAM_STACK, region, ""))
            if bucket := outputs.get("SourceBucket"):
                empty(self._aws, bucket, region, f"{upload_prefix(self._plan)}/")
        for region in self._regions:
            for name in self._log_groups():
                self._delete_log_group(region, name)
        for stack in self._plan.all_stacks():
            stack.log.unlink(missing_ok=True)

    def _log_groups(self) -> Iterator[str]:
        """The names that the templates give: one remains if its stack was deleted in part."""
        for handler in sorted((ROOT / "functions").glob("*/app.py")):
            yield f"/aws/lambda/{self._plan.function(handler.parent.name)}"
        yield f"/aws/vendedlogs/states/MainOrchestrator{self._plan.env}"
        yield f"/aws/vendedlogs/states/ChunkProcessor{self._plan.env}"
        yield f"/aws/vendedlogs/apis/batch-records{self._plan.env}"

    def _delete_log_group(self, region: str, name: str) -> None:
        logs = self._aws.client("logs", region)
        groups = logs.describe_log_groups(logGroupNamePrefix=name, limit=50)["logGroups"]
        if any(group["logGroupName"] == name for group in groups):
            logs.delete_log_group(logGroupName=name)
            console.info(f"log group {name} in {region} had no stack any more: deleted")


def _partition(client: object) -> str:
    return str(client.meta.partition)  # type: ignore[attr-defined]  # every boto3 client has one
