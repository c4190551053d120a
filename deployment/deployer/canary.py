"""`make verify CANARY=1`: a file of one row goes in as a user's does, and its result comes back.

The result is mailed to RECIPIENT. Nothing of the file stays in the buckets.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from common import keys
from common.run_state import COMPLETED, FAILED, GIVEN_UP
from common.runs import Item, run_of_items
from common.state_reader import StateReader

from . import console
from .any_region import current_active_region
from .aws import Aws
from .buckets import delete_versions
from .errors import DeployError
from .plan import ROOT, Plan
from .stack_info import deployed_outputs

SAMPLE = ROOT / "assets" / "testfile.csv"
LIMIT_SECONDS, POLL_SECONDS = 20 * 60, 2.0


def send_canary(aws: Aws, plan: Plan) -> None:
    """Raises DeployError unless the run is COMPLETED and both buckets have its output."""
    account, stopwatch = aws.account(plan.settings.primary_region), console.Stopwatch()
    buckets = {region: plan.bucket(account, region) for region in plan.settings.regions}
    key = f"{keys.INPUT_PREFIX}canary-{uuid.uuid4().hex[:8]}.csv"
    prefixes = [key]
    try:
        _upload(deployed_outputs(aws, plan.shared)["MrapArn"], key)
        run_id = keys.run_id(key, _version(aws, buckets, key))
        item = _await_end(aws, plan, run_id)
        prefixes.append(f"{item['output_key'].rpartition('/')[0]}/")
        for region, bucket in buckets.items():
            aws.client("s3", region).head_object(Bucket=bucket, Key=item["output_key"])
    finally:
        for region, bucket in buckets.items():
            for prefix in prefixes:
                delete_versions(aws.client("s3", region), bucket, prefix)
    console.info(
        f"canary: {run_id} is COMPLETED by {item['region']} and its output is in both buckets, "
        f"{stopwatch.seconds} s; {plan.settings.recipient} gets its mail"
    )


def _upload(mrap_arn: str, key: str) -> None:
    """By the AWS CLI, as users do."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "canary.csv"
        header, row, *_ = SAMPLE.read_text().splitlines()
        file.write_text(f"{header}\n{row}\n")
        process = subprocess.run(  # noqa: S603 - the command of the README
            ["aws", "s3", "cp", "--only-show-errors", str(file), f"s3://{mrap_arn}/{key}"],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
    if process.returncode:
        raise DeployError(
            f"FAILED: the canary could not be uploaded: {' '.join(process.stderr.split())}"
        )


def _version(aws: Aws, buckets: dict[str, str], key: str) -> str:
    """The access point has stored it in one of the buckets."""
    for region, bucket in buckets.items():
        try:
            head: dict[str, Any] = aws.client("s3", region).head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] != "404":
                raise
        else:
            return str(head["VersionId"])
    raise DeployError(f"FAILED: the canary {key} is in neither bucket.")


def _await_end(aws: Aws, plan: Plan, run_id: str) -> Item:
    """Return the item of the attempt that completed the run."""
    region, stopwatch = current_active_region(aws, plan), console.Stopwatch()
    peer = next(name for name in plan.settings.regions if name != region)
    state = StateReader(aws.client("dynamodb", region), f"batch-state{plan.env}", region, peer)
    while True:
        items = state.attempts(run_id)
        status = run_of_items(items).status
        if status == COMPLETED:
            return next(item for item in items if item["status"] == COMPLETED)
        if status in (FAILED, GIVEN_UP) or stopwatch.seconds > LIMIT_SECONDS:
            raise DeployError(
                f"FAILED: the run {run_id} of the canary is {status} after {stopwatch.seconds} s; "
                f"its executions of MainOrchestrator{plan.env} in {region} say more."
            )
        if stopwatch.is_report_due():
            console.info(f"canary: {run_id} is {status} ({stopwatch.seconds} s)")
        time.sleep(POLL_SECONDS)
