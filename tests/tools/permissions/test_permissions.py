"""tools/permissions: what roles may do, what runs needed of it, and why the rest stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.permissions import __main__ as command
from tools.permissions import record, report
from tools.permissions.grants import Grant, owners, read_grants, used_grants
from tools.permissions.needs import read_needs

BUCKET = "arn:aws:s3:::batch-…-…"
GET = Grant("ReaderRole", "s3:GetObject", f"{BUCKET}/work/*")
PUT = Grant("ReaderRole", "s3:PutObject", f"{BUCKET}/work/*")
PUT_OUTPUT = Grant("ReaderRole", "s3:PutObject", f"{BUCKET}/output/*")
LIST = Grant("InPrivateSubnets", "ec2:DescribeSubnets", "*")
GRANTS = frozenset({GET, PUT, PUT_OUTPUT, LIST})
ROLE = "arn:aws:iam::123456789012:role/batch-primary-dev-Batch-533VPG46-ReaderRole-VDHWZFI1IMPW"
OBJECT = "arn:aws:s3:::batch-123456789012-us-east-1-dev/work/a/b"


def line(action: str, resource: str, allowed: bool = True, role: str = ROLE) -> str:
    entry = {"role": role, "action": action, "resource": resource, "allowed": allowed}
    return json.dumps(entry) + "\n"


def test_needs_are_read_from_every_file_up_to_a_line_that_is_half_written(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_text(line("s3:GetObject", OBJECT) * 2 + '{"role": "arn')
    (tmp_path / "2.jsonl").write_text(line("ec2:DescribeSubnets", "*"))
    assert read_needs(tmp_path) == {
        ("ReaderRole", "s3:GetObject", OBJECT),
        ("ReaderRole", "ec2:DescribeSubnets", "*"),
    }


def test_what_was_denied_is_no_use_and_neither_is_what_a_role_with_its_own_name_did(
    tmp_path: Path,
) -> None:
    own = line("s3:GetObject", OBJECT, role="arn:aws:iam::123456789012:role/r")
    (tmp_path / "1.jsonl").write_text(line("s3:PutObject", OBJECT, allowed=False) + own)
    assert read_needs(tmp_path) == set()


def test_a_need_uses_the_grants_of_its_action_and_resource() -> None:
    assert used_grants(GRANTS, [("ReaderRole", "S3:getobject", OBJECT)]) == {GET}
    assert used_grants(GRANTS, [("ReaderRole", "s3:PutObject", OBJECT)]) == {PUT}
    assert used_grants(GRANTS, [("WriterRole", "s3:PutObject", OBJECT)]) == frozenset()


def test_a_need_uses_the_grants_of_a_managed_policy_of_its_role() -> None:
    need = ("ReaderRole", "ec2:DescribeSubnets", "*")
    assert used_grants(GRANTS, [need]) == {LIST}
    assert owners()["ReconcilerRole"] == {"ReconcilerRole", "InPrivateSubnets"}  # by parameter
    assert owners()["FailoverRole"] == {"FailoverRole"}


@pytest.mark.parametrize(
    ("granted", "needed", "covers"),
    [
        ("table/batch-state…", "table/batch-state-dev", True),
        ("table/batch-state…", "table/batch-state-dev/index/by-status", False),
        ("table/batch-state…", "table/batch-errors-dev", False),
        ("execution:Main…:*", "execution:Main-dev:a:b/c", True),
        ("execution:Main…:*", "execution:Main-dev/Chunks:a", False),
        ("*", "anything at all", True),
        ("a.b", "a-b", False),
    ],
)
def test_what_only_a_deployment_knows_is_a_part_of_one_name(
    granted: str, needed: str, covers: bool
) -> None:
    assert Grant("R", "s:A", granted).covers("s:A", needed) is covers


def test_the_table_tells_used_partly_used_and_never_used_with_the_reason() -> None:
    text = list(report.lines(GRANTS, frozenset({GET, PUT}), {LIST: "Lambda needs it"}, {}))
    assert text == [
        "InPrivateSubnets: 1 granted, 0 used",
        f"  {'ec2:DescribeSubnets':45s} never used",
        "      *: Lambda needs it",
        "",
        "ReaderRole: 3 granted, 2 used",
        f"  {'s3:GetObject':45s} used",
        f"  {'s3:PutObject':45s} used on less than granted",
        f"      {BUCKET}/output/*: no reason",
        "",
        "4 granted, 2 used, 2 never used, of which 1 have a reason.",
    ]


def test_a_grant_on_every_resource_that_was_needed_for_some_kinds_is_used_on_less() -> None:
    subnet = ("ReaderRole", "ec2:DescribeSubnets", "arn:aws:ec2:us-east-1:123456789012:subnet/s-1")
    kinds = report.kinds_of(frozenset({LIST}), [subnet, ("ReaderRole", "s3:GetObject", OBJECT)])
    assert kinds == {LIST: {"subnet"}}
    assert list(report.lines(frozenset({LIST}), frozenset({LIST}), {}, kinds))[1:3] == [
        f"  {'ec2:DescribeSubnets':45s} used on less than granted",
        "      *: only on subnet",
    ]
    every = ("ReaderRole", "ec2:DescribeSubnets", "*")
    assert report.kinds_of(frozenset({LIST}), [subnet, every]) == {}


def test_what_was_used_is_recorded_as_it_is_read(tmp_path: Path) -> None:
    record.write_used(GRANTS, tmp_path / "used.json")
    assert record.read_used(tmp_path / "used.json") == GRANTS


def test_reasons_name_several_grants_of_a_role(tmp_path: Path) -> None:
    file = tmp_path / "unused.yaml"
    file.write_text(
        f"ReaderRole:\n  - actions: [s3:GetObject, s3:PutObject]\n"
        f"    resources: ['{BUCKET}/work/*']\n    reason: because\n"
    )
    assert record.read_reasons(file) == {GET: "because", PUT: "because"}


def test_each_way_in_which_files_and_templates_differ_is_told() -> None:
    used, reasons = frozenset({GET, PUT}), {GET: "r", PUT_OUTPUT: "r"}
    assert list(record.complaints(frozenset({GET, LIST}), used, reasons)) == [
        "InPrivateSubnets: ec2:DescribeSubnets on * is granted, no run used it, and there is no "
        "reason for it",
        f"ReaderRole: s3:PutObject on {BUCKET}/work/* is in used.json, but is not granted any more",
        f"ReaderRole: s3:PutObject on {BUCKET}/output/* has a reason in unused.yaml, but is not "
        "granted",
        f"ReaderRole: s3:GetObject on {BUCKET}/work/* has a reason in unused.yaml, but a run used "
        "it",
    ]


def test_without_a_run_there_is_nothing_to_show(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([str(tmp_path)]) == 2
    assert "No run has left anything" in capsys.readouterr().out


def test_the_command_shows_every_role_and_fails_for_no_grant_that_earlier_runs_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "1.jsonl").write_text(line("s3:GetObject", OBJECT))
    assert command.main([str(tmp_path)]) == 0
    text = capsys.readouterr().out
    for owner in {grant.owner for grant in read_grants()}:
        assert f"\n{owner}: " in f"\n{text}"
    assert "were used by earlier runs (used.json), and not by these." in text


def test_every_grant_of_the_templates_is_used_by_a_run_or_has_its_reason() -> None:
    """`make permissions RECORD=1` renews used.json after the runs that its help names."""
    complaints = record.complaints(read_grants(), record.read_used(), record.read_reasons())
    assert "\n".join(complaints) == ""
