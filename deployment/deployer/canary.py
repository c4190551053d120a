"""`make verify CANARY=1`: a file of one row goes in as a user's does, and its result comes back.

The result is mailed to RECIPIENT. Nothing of the file stays in the buckets.
"""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path

from common import keys
from common.run_state import COMPLETED
from common.runs import Item

from . import console
from .access_point import upload_file
from .aws import Aws
from .buckets import clean_up
from .errors import DeployError
from .plan import ROOT, Plan
from .run_watch import watch_run

SAMPLE = ROOT / "assets" / "testfile.csv"
LIMIT_SECONDS = 20 * 60


def send_canary(aws: Aws, plan: Plan) -> None:
    """Raises DeployError unless the run is COMPLETED and both buckets have its output."""
    account, stopwatch = aws.account(plan.settings.primary_region), console.Stopwatch()
    buckets = {region: plan.bucket(account, region) for region in plan.settings.regions}
    key = f"{keys.INPUT_PREFIX}canary-{uuid.uuid4().hex[:8]}.csv"
    prefixes = [key]
    try:
        run_id = _upload(aws, plan, key)
        item = _completed(aws, plan, run_id)
        prefixes.append(f"{item['output_key'].rpartition('/')[0]}/")
        for region, bucket in buckets.items():
            aws.client("s3", region).head_object(Bucket=bucket, Key=item["output_key"])
    finally:
        for region, bucket in buckets.items():
            for prefix in prefixes:
                clean_up(aws, bucket, region, prefix)
    console.info(
        f"canary: {run_id} is COMPLETED by {item['region']} and its output is in both buckets, "
        f"{stopwatch.seconds} s; {plan.settings.recipient} gets its mail"
    )


def _upload(aws: Aws, plan: Plan, key: str) -> str:
    """Upload one row of the sample data; return the id of its run."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "canary.csv"
        header, row, *_ = SAMPLE.read_text().splitlines()
        file.write_text(f"{header}\n{row}\n")
        return upload_file(aws, plan, file, key)


def _completed(aws: Aws, plan: Plan, run_id: str) -> Item:
    """Return the item of the attempt that completed the run. Raises DeployError."""
    view = watch_run(aws, plan, run_id, LIMIT_SECONDS, lambda text: console.info(f"canary{text}"))
    if view.status != COMPLETED or view.item is None:
        raise DeployError(
            f"FAILED: the run {run_id} of the canary is not COMPLETED: {view}. "
            f"Its executions of MainOrchestrator{plan.env} say more."
        )
    return view.item
