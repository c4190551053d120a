"""Everything away, in any state: half-made, half-destroyed, or with files in flight."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from botocore.exceptions import ClientError

from . import stacks
from .api_logs import forget_unused, log_roles
from .buckets import empty, silence
from .cloud import Cloud, outputs
from .console import say, step
from .parallel import together
from .plan import GLOBAL_REGION, ROOT, Plan, Stack, Stopped

SAM = "aws-sam-cli-managed-default"  # the stack that `sam deploy --resolve-s3` makes for its bucket


class Removal:
    """The steps of `make destroy-all`, each of which tolerates what is missing."""

    def __init__(self, cloud: Cloud, plan: Plan) -> None:
        self._cloud = cloud
        self._plan = plan
        self._account = cloud.account(plan.settings.primary_region)

    def in_flight(self) -> int:
        """Files that are being processed."""
        return sum(len(list(self._running(region))) for region in self._plan.settings.regions)

    def run(self) -> None:
        """The way of `make deploy`, backwards."""
        step("[1/5] Files in flight, events, replication")
        self._stop_work()
        step("[2/5] Experiments, both applications")
        self._delete(*self._plan.experiments, self._plan.primary, self._plan.standby)
        step("[3/5] Tables, routing control, DNS, Multi-Region Access Point")
        self._delete(self._plan.tables, self._plan.shared)
        step("[4/5] Buckets and networks")
        together(*(partial(self._foundation, stack) for stack in self._plan.foundations))
        step("[5/5] What was uploaded to deploy it, logs")
        self._leftovers()

    def _stop_work(self) -> None:
        """First no new events; then what runs is stopped, so that nothing writes any more.

        But for the rule on such ends: while it stands, it tells whose files they were.
        """
        for region in self._plan.settings.regions:
            silence(self._cloud, self._plan.bucket(self._account, region), region)
        for region in self._plan.settings.regions:
            running = list(self._running(region))
            for execution in running:
                self._cloud.client("stepfunctions", region).stop_execution(
                    executionArn=execution, cause="make destroy-all"
                )
            if running:
                say(f"{len(running)} executions stopped in {region}")

    def _running(self, region: str) -> Iterator[str]:
        name = f"MainOrchestrator{self._plan.settings.env}"
        states = self._cloud.client("stepfunctions", region)
        arn = f"arn:{_partition(states)}:states:{region}:{self._account}:stateMachine:{name}"
        pages = states.get_paginator("list_executions").paginate(
            stateMachineArn=arn, statusFilter="RUNNING"
        )
        try:
            for page in pages:
                yield from (one["executionArn"] for one in page["executions"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "StateMachineDoesNotExist":
                raise

    def _delete(self, *gone: Stack) -> None:
        together(*(partial(stacks.delete, self._cloud, stack) for stack in gone))

    def _foundation(self, stack: Stack) -> None:
        """A replica that was on its way may arrive after the first time."""
        bucket = self._plan.bucket(self._account, stack.region)
        roles = log_roles(self._cloud, stack)
        empty(self._cloud, bucket, stack.region)
        try:
            stacks.delete(self._cloud, stack)
        except Stopped:
            say(f"{stack}: trying once more")
            empty(self._cloud, bucket, stack.region)
            stacks.delete(self._cloud, stack)
        forget_unused(self._cloud, stack.region, roles)

    def _leftovers(self) -> None:
        for region in sorted({*self._plan.settings.regions, GLOBAL_REGION}):
            bucket = outputs(self._cloud, Stack(SAM, region, "")).get("SourceBucket")
            if bucket:
                empty(self._cloud, bucket, region, f"{stacks.upload_prefix(self._plan)}/")
        for region in self._plan.settings.regions:
            for name in self._log_groups():
                self._forget_logs(region, name)
        for stack in self._plan.all():
            stack.log.unlink(missing_ok=True)

    def _log_groups(self) -> Iterator[str]:
        """Those that our stacks name: one is left where its stack was deleted by halves."""
        env = self._plan.settings.env
        for function in sorted((ROOT / "functions").glob("*/app.py")):
            yield f"/aws/lambda/batch-{function.parent.name}{env}"
        yield f"/aws/vendedlogs/states/MainOrchestrator{env}"
        yield f"/aws/vendedlogs/states/ChunkProcessor{env}"
        yield f"/aws/apigateway/batch-records{env}"

    def _forget_logs(self, region: str, name: str) -> None:
        logs = self._cloud.client("logs", region)
        found = logs.describe_log_groups(logGroupNamePrefix=name, limit=50)["logGroups"]
        if any(one["logGroupName"] == name for one in found):
            logs.delete_log_group(logGroupName=name)
            say(f"log group {name} in {region} was left over: deleted")


def _partition(client: object) -> str:
    return str(client.meta.partition)  # type: ignore[attr-defined]  # every boto3 client has one
