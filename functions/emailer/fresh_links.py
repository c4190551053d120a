"""New links to the result of a run, for an operator (`make link`)."""

from __future__ import annotations

from typing import TypedDict

from common.run_state import COMPLETED
from common.state_table import StateTable
from emailer.download_links import DownloadLinks


class NotCompleted(Exception):
    """No attempt at the run has completed it, so there is no result."""


class FreshLinks(TypedDict):
    """Presigned URLs that work for `seconds` at most; `rejects` is None if no row was rejected."""

    run_id: str
    result: str
    rejects: str | None
    seconds: int


def fresh_links(state: StateTable, links: DownloadLinks, run_id: str) -> FreshLinks:
    """Sign links anew. They are the caller's alone, and never logged. Raises NotCompleted."""
    completed = [item for item in state.attempts(run_id) if item["status"] == COMPLETED]
    if not completed:
        raise NotCompleted(f"no attempt at {run_id} is visible in {state.region} as COMPLETED")
    item = completed[-1]
    rejects = None
    if "rejects_key" in item:
        rejects = links.presigned_url(item["rejects_key"], item["rejects_version_id"])
    return {
        "run_id": run_id,
        "result": links.presigned_url(item["output_key"], item["output_version_id"]),
        "rejects": rejects,
        "seconds": links.seconds,
    }
