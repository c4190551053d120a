"""What a user uploads, and what comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.records import FINANCIAL_ATTRIBUTES
from tests.e2e.files import HEADER, known_uuids, records, row, text
from tests.e2e.system import System, eventually
from tools.harness.mails import fetch

UUIDS = known_uuids(8)


def test_a_file_comes_back_enriched_and_in_input_order(system: System, tmp_path: Path) -> None:
    """A1 to A5, B1 to B6, C1 to C6: 1,050 rows make several chunks, merged in input order."""
    rows = [row(UUIDS[n % 8], f"Country {n}") for n in range(1050)]
    state = system.process("order.csv", text(rows).encode(), tmp_path)
    assert state["status"] == "COMPLETED"
    assert state["completed_region"] == system.deployment.regions[0]
    _header, *out = records(system.output(state))
    assert [record[:8] for record in out] == rows
    assert all(len(record) == 14 and all(record) for record in out)


def test_the_link_in_the_mail_serves_the_file_from_either_region(
    system: System, tmp_path: Path
) -> None:
    """B4, B5 and defect 17: the link works at once, whichever Region the MRAP routes to."""
    data = text([row(UUIDS[0])]).encode()
    mail = system.mail_of(system.process("link.csv", data, tmp_path))
    served = {}
    for region in system.deployment.regions:
        _route_all_to(system, region)
        served[region] = fetch(mail["url"])
    _route_all_to(system, system.deployment.regions[0])
    assert len(set(served.values())) == 1
    assert records(served[system.deployment.regions[1]])[1][:8] == row(UUIDS[0])


def test_invalid_rows_are_rejected_with_reasons_and_the_rest_is_processed(
    system: System, tmp_path: Path
) -> None:
    """C3, C4, defects 11, 12, 14 and 15: a short row, a failed rule, an unknown uuid."""
    rows = [row(UUIDS[0]), row(UUIDS[1])[:5], row("12"), row("000000000"), row(UUIDS[2])]
    state = system.process("rejects.csv", text(rows).encode(), tmp_path)
    assert state["status"] == "COMPLETED"
    assert [record[0] for record in records(system.output(state))[1:]] == [UUIDS[0], UUIDS[2]]
    rejects = records(system.output(state, ".rejects.csv"))[1:]
    assert [record[:2] for record in rejects] == [["2", "3"], ["3", "4"], ["4", "5"]]
    assert "5 values" in rejects[0][2]
    assert "uuid" in rejects[1][2]
    assert "financial" in rejects[2][2]


def test_a_reject_says_what_is_wrong_with_the_financial_data(
    system: System, tmp_path: Path
) -> None:
    """C4, C5: the enricher's reasons reach the user; and amounts arrive with every digit."""
    values = ["10", "0.005", "1", "25", "10", "-0.004"]
    good = dict(zip(FINANCIAL_ATTRIBUTES.values(), values, strict=True))
    numbers = {name: {"N": value} for name, value in good.items()}
    items = [
        numbers | {"unitPrice": {"S": "2.50"}},
        {name: value for name, value in numbers.items() if name != "unitPrice"},
        numbers | {"unitsSold": {"N": "1.5"}},
        numbers,
    ]
    dynamodb = system.client("dynamodb", system.deployment.regions[0])
    table = f"financial-data{system.deployment.env}"
    for index, item in enumerate(items):
        dynamodb.put_item(TableName=table, Item=item | {"uuid": {"S": f"80000000{index}"}})
    rows = [row(f"80000000{index}") for index in range(4)]
    state = system.process("financial.csv", text(rows).encode(), tmp_path)
    reasons = [record[2] for record in records(system.output(state, ".rejects.csv"))[1:]]
    assert reasons == [
        "Unit Price is text instead of a number in the financial data for this uuid",
        "Unit Price is missing in the financial data for this uuid",
        "Units Sold is 1.5 instead of a whole number in the financial data for this uuid",
    ]
    added = [record[8:] for record in records(system.output(state))[1:]]
    assert added == [["10", "0.005", "1.00", "25.00", "10.00", "-0.004"]]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("plain name.csv", text([row(UUIDS[3])]).encode()),
        ("a+b & ü (1).csv", text([row(UUIDS[3])]).encode()),
        ("crlf.csv", text([row(UUIDS[3])], "\r\n").encode()),
        ("bom.csv", b"\xef\xbb\xbf" + text([row(UUIDS[3])]).encode()),
        ("no-final-newline.csv", text([row(UUIDS[3])]).rstrip("\n").encode()),
        ("blank-lines.csv", text([row(UUIDS[3])]).replace("\n", "\n\n,,,\n").encode()),
        ("semicolons.csv", text([row(UUIDS[3])]).replace(",", ";").encode()),
        ("title.csv", b"Sales, May\n\n" + text([row(UUIDS[3])]).encode()),
    ],
)
def test_odd_but_good_files_are_processed(
    system: System, tmp_path: Path, name: str, data: bytes
) -> None:
    """Defects 6 and 14: file names and line ends as people's tools make them."""
    state = system.process(name, data, tmp_path)
    assert state["status"] == "COMPLETED"
    assert records(system.output(state))[1][:8] == row(UUIDS[3])


def test_quoted_commas_quotes_and_newlines_come_back_as_they_went_in(
    system: System, tmp_path: Path
) -> None:
    """Defect 14."""
    rows = [
        row(UUIDS[4], 'A "quoted", name'),
        row(UUIDS[5], "two\nlines"),
        row(UUIDS[6], "Curaçao"),
    ]
    state = system.process("quoted.csv", text(rows).encode(), tmp_path)
    assert [record[:8] for record in records(system.output(state))[1:]] == rows


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.csv", b"", "empty"),
        ("header.csv", HEADER.encode(), "no rows"),
        ("wrong-header.csv", b"a,b,c\n1,2,3\n", "header"),
        ("sales.xlsx", b"PK\x03\x04 xl/workbook.xml", "an Excel workbook"),
        ("latin-1.csv", text([row(UUIDS[0], "Curaçao")]).encode("latin-1"), "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(
    system: System, tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    """Defects 14 and 18: the row ends as FAILED, and a mail says why."""
    state = system.process(name, data, tmp_path)
    assert state["status"] == "FAILED"
    assert reason in state["reason"]
    assert reason in system.mail_of(state)["body"]


def test_a_run_that_is_stopped_ends_failed_and_user_and_operators_are_told(
    system: System, tmp_path: Path
) -> None:
    """Defect 18: nothing in a state machine catches a stop; a rule closes its run."""
    with system.cloud.executions.hold("Merge all Files") as hold:
        since = system.upload("stopped.csv", text([row(UUIDS[0])]).encode(), tmp_path)
        execution = hold.wait()
        system.shell.run(
            *("aws", "stepfunctions", "stop-execution", "--execution-arn", execution.arn),
            *("--error", "Enough", "--cause", "this was the wrong file"),
            quiet=True,
        )
    state = system.finish("stopped.csv", since)
    assert (state["status"], state["error"]) == ("FAILED", "Enough")
    assert state["reason"] == "this was the wrong file"
    assert "this was the wrong file" in system.mail_of(state)["body"]
    message = f"Run {state['run_id']} of input/stopped.csv failed in {execution.region}."
    assert any(message in text for text in system.messages_to_operators())


def test_two_uploads_of_one_name_are_two_runs(system: System, tmp_path: Path) -> None:
    """Defect 6: the second upload neither collides with the first nor overwrites its result."""
    first = system.process("twice.csv", text([row(UUIDS[0])]).encode(), tmp_path)
    second = system.process("twice.csv", text([row(UUIDS[1])]).encode(), tmp_path)
    assert first["run_id"] != second["run_id"]
    assert records(system.output(first))[1][0] == UUIDS[0]
    assert records(system.output(second))[1][0] == UUIDS[1]


def test_the_standby_saw_the_file_and_left_it_alone(system: System, tmp_path: Path) -> None:
    """A3 and A4: the trigger of the standby logs that it skipped, and starts nothing."""
    state = system.process("standby.csv", text([row(UUIDS[0])]).encode(), tmp_path)
    standby = system.deployment.regions[1]
    logs = system.client("logs", standby)
    group = f"/aws/lambda/batch-trigger{system.deployment.env}"
    eventually(
        lambda: any(
            state["run_id"] in event["message"] and "Skipped" in event["message"]
            for event in logs.filter_log_events(logGroupName=group)["events"]
        ),
        "the standby's trigger logs that it skipped",
    )
    states = system.client("stepfunctions", standby)
    machines = states.list_state_machines()["stateMachines"]
    main = next(item for item in machines if item["name"].startswith("MainOrchestrator"))
    executions = states.list_executions(stateMachineArn=main["stateMachineArn"])["executions"]
    assert state["run_id"] not in {execution["name"] for execution in executions}


def _route_all_to(system: System, region: str) -> None:
    control = system.client("s3control", "us-west-2")
    account = system.deployment.account
    routes = [
        {
            "Bucket": system.deployment.bucket(name),
            "Region": name,
            "TrafficDialPercentage": 100 if name == region else 0,
        }
        for name in sorted(system.deployment.regions, key=lambda name: name != region)
    ]
    control.submit_multi_region_access_point_routes(
        AccountId=account, Mrap=system.deployment.mrap_arn, RouteUpdates=routes
    )
