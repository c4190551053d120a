"""The ledger keeps the calls of a cloud, in memory and in a file."""

from __future__ import annotations

import gc
import json
from pathlib import Path

from localcloud.gateway.ledger import Entry, Ledger


def entry(action: str, outcome: str = "ok") -> Entry:
    return Entry(1.0, "us-east-1", "arn:aws:iam::1:role/r", action, "r", outcome, 200)


def test_calls_are_counted_by_action_and_outcome() -> None:
    ledger = Ledger()
    for outcome in ("ok", "ok", "AccessDenied"):
        ledger.record(entry("s3:GetObject", outcome))
    assert ledger.counts == {("s3:GetObject", "ok"): 2, ("s3:GetObject", "AccessDenied"): 1}


def test_entries_can_be_selected() -> None:
    ledger = Ledger()
    ledger.record(entry("s3:GetObject"))
    ledger.record(entry("sqs:SendMessage"))
    selected = ledger.entries(lambda entry: entry.action.startswith("sqs:"))
    assert [entry.action for entry in selected] == ["sqs:SendMessage"]


def test_only_the_latest_entries_stay_in_memory() -> None:
    ledger = Ledger(keep=2)
    for number in range(3):
        ledger.record(entry(f"s3:Get{number}"))
    assert [entry.action for entry in ledger.entries()] == ["s3:Get1", "s3:Get2"]


def test_the_file_has_a_json_object_for_each_call(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl", keep=1)
    ledger.record(entry("s3:GetObject"))
    ledger.record(entry("s3:PutObject"))
    ledger.close()
    ledger.close()
    lines = (tmp_path / "ledger.jsonl").read_text().splitlines()
    assert [json.loads(line)["action"] for line in lines] == ["s3:GetObject", "s3:PutObject"]


def test_the_file_has_a_call_once_it_is_flushed(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.record(entry("s3:GetObject"))
    for _ in range(2):
        ledger.flush()
    assert json.loads((tmp_path / "ledger.jsonl").read_text())["action"] == "s3:GetObject"
    ledger.close()


def test_calls_that_are_in_the_file_do_not_stay_in_memory(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl", keep=1)
    calls = [entry(f"s3:Get{number}") for number in range(3)]
    for call in calls:
        ledger.record(call)
    ledger.flush()
    kept = [gc.get_referrers(call) for call in calls]
    assert [len(referrers) for referrers in kept] == [1, 1, 2]  # the list here, and the ledger
    ledger.close()
