"""Values of an input reach its output, its rejects and the table of rejects, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.files import HEADER, known_uuids, row, text
from tests.e2e.system import System
from tools.harness.mails import read_mails

UUIDS = known_uuids(2)
VALUE = "Zanzibar Q7731"
GOOD = row(UUIDS[0], VALUE)
FILES = {
    "good and bad.csv": text([GOOD, row("12", VALUE), row("000000000", VALUE), GOOD[:5]]),
    "no header.csv": text([GOOD, GOOD]).partition("\n")[2],
    "header twice.csv": f"{HEADER},uuid\n{','.join(GOOD)}\n",
    "title.csv": f"{VALUE},{VALUE}\n{','.join(GOOD)}\n",
    "open quote.csv": text([GOOD]) + f'{UUIDS[1]},"{VALUE},Fruits\n',
    "closed quote.csv": text([GOOD]) + f'{UUIDS[1]},"{VALUE}" x,Fruits\n',
    "latin-1.csv": text([row(UUIDS[0], f"{VALUE} ç")]),
}


@pytest.fixture(scope="module")
def processed(system: System, tmp_path_factory: pytest.TempPathFactory) -> System:
    """The system after it has processed or refused all of the files."""
    folder: Path = tmp_path_factory.mktemp("files")
    begun = {}
    for name, content in FILES.items():
        encoding = "latin-1" if name.startswith("latin-1") else "utf-8"
        begun[name] = system.upload(name, content.encode(encoding), folder)
    for name, since in begun.items():
        system.mail_of(system.finish(name, since))
    return system


def test_no_log_group_has_a_value_of_an_input(processed: System) -> None:
    names = []
    for region in processed.deployment.regions:
        for name, content in _log_events(processed, region):
            assert VALUE not in content, f"{name} in {region}"
            names.append(name)
    assert any("splitter" in name for name in names)
    assert any("vendedlogs" in name or "states" in name for name in names)


def test_no_mail_and_no_notice_has_a_value_of_an_input(processed: System) -> None:
    mails = read_mails(processed.shell)
    assert len(mails) >= len(FILES)
    assert VALUE not in json.dumps(mails)
    for region in processed.deployment.regions:
        assert VALUE not in json.dumps(processed.messages_to_operators(region))


def test_no_item_of_the_state_table_and_no_cause_has_a_value_of_an_input(
    processed: System,
) -> None:
    for region in processed.deployment.regions:
        items = processed.cloud.table_items(processed.deployment.state_table, region)
        assert VALUE not in json.dumps(items, default=str)
        stepfunctions = processed.client("stepfunctions", region)
        for machine in stepfunctions.list_state_machines()["stateMachines"]:
            if machine["type"] == "STANDARD":
                for execution in _executions(stepfunctions, machine["stateMachineArn"]):
                    described = stepfunctions.describe_execution(executionArn=execution)
                    assert VALUE not in json.dumps(described, default=str)


def _log_events(system: System, region: str) -> Iterator[tuple[str, str]]:
    logs = system.client("logs", region)
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group["logGroupName"]
            for events in logs.get_paginator("filter_log_events").paginate(logGroupName=name):
                for event in events["events"]:
                    yield name, event["message"]


def _executions(stepfunctions: object, machine: str) -> Iterator[str]:
    pages = stepfunctions.get_paginator("list_executions")  # type: ignore[attr-defined]  # a client
    for page in pages.paginate(stateMachineArn=machine):
        for execution in page["executions"]:
            yield execution["executionArn"]
