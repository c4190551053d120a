"""A file whose merge does not fit into one call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common import keys
from tests.e2e.files import known_uuids, records, row, text
from tests.e2e.system import System

UUIDS = known_uuids(8)


@contextmanager
def merging_one_chunk_a_call(system: System) -> Iterator[None]:
    """Let the time of the merger be up at once."""
    functions = system.client("lambda", system.deployment.regions[0])
    name = f"batch-merger{system.deployment.env}"
    before = functions.get_function_configuration(FunctionName=name)["Environment"]
    hasty = {"Variables": before["Variables"] | {"BUDGET_SECONDS": "0"}}
    functions.update_function_configuration(FunctionName=name, Environment=hasty)
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Environment=before)


def test_a_merge_goes_on_in_further_calls_and_its_bytes_are_those_of_one(
    system: System, tmp_path: Path
) -> None:
    """B3: several chunks, some with rejected rows; the call after the last one ends it."""
    rows = [row(UUIDS[n % 8] if n % 100 else "bad", f"Country {n}") for n in range(900)]
    data = text(rows).encode()
    once = system.process("merged-once.csv", data, tmp_path)
    with merging_one_chunk_a_call(system):
        state = system.process("merged-in-calls.csv", data, tmp_path)
    assert (state["status"], state["rows_rejected"]) == ("COMPLETED", 9)
    for suffix in ("", ".rejects.csv"):
        assert system.output(state, suffix) == system.output(once, suffix)
    assert [record[:8] for record in records(system.output(state))[1:]] == [
        row for row in rows if row[0] != "bad"
    ]
    s3, bucket = system.client("s3", state["region"]), system.deployment.bucket(state["region"])
    written = [keys.enriched(state["run_id"], 0), keys.checkpoint(state["run_id"], 0)]
    folders = [key.rpartition("/")[0] for key in written]
    chunks, checkpoints = (
        s3.list_objects_v2(Bucket=bucket, Prefix=f"{folder}/")["KeyCount"] for folder in folders
    )
    assert checkpoints == chunks > 1
