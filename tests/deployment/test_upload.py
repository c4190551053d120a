"""deployment/deployer/upload.py: a file of any name goes in, and WAIT=1 shows its result."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from common import keys
from common.state_reader import StateReader
from deployment.deployer import __main__ as command_line
from deployment.deployer import run_watch
from deployment.deployer.errors import DeployError
from deployment.deployer.plan import Plan
from deployment.deployer.upload import checked_file, upload
from tests.deployment.fakes import FakeClient, error, plan
from tests.deployment.programs import FakePrograms
from tests.deployment.regions import PRIMARY, SECONDARY, FakeRegions

PLAN = plan()
MRAP = "arn:aws:s3::1:accesspoint/m.mrap"
STORED = datetime(2026, 1, 1, tzinfo=UTC)
RUN = keys.run_id("input/orders.csv", "v2")
REASON = "InputRefused", "The file is empty.\nUpload a file with rows."
AWKWARD = [
    "two words.csv",
    'it\'s "quoted".csv',
    "$(touch pwned) $HOME `id`.csv",
    "-rf.csv",
    "--help",
    "#1, 100%.csv",
    "naïve Ünïcode 東京 🎉.csv",
    "a\u00a0b.csv",
    "..csv",
    "back\\slash;&|.csv",
    " spaces around ",
]


class FakeSystem(FakeRegions):
    """Both buckets and tables. `statuses` are those of the run, one at each look."""

    def __init__(self, *statuses: str, **attributes: Any) -> None:
        links = {"result": "https://r", "rejects": "https://x", "seconds": 3600}
        super().__init__(active=SECONDARY, emailer=lambda event: {**links, "run_id": event["link"]})
        self.statuses, self.attributes = list(statuses), attributes
        self.versions: dict[str, list[dict[str, Any]]] = {PRIMARY: [], SECONDARY: []}
        pairs = [{"OutputKey": "MrapArn", "OutputValue": MRAP}]
        self.services["cloudformation"] = {
            "describe_stacks": lambda **_: {"Stacks": [{"Outputs": pairs}]}
        }
        self.looks = 0

    def client(self, service: str, region: str, *args: Any, **options: Any) -> Any:
        if service == "s3" and region != self.down:
            return FakeClient({"list_object_versions": self._list}, self.calls)
        return super().client(service, region, *args, **options)

    def _list(self, Bucket: str, Prefix: str) -> list[dict[str, Any]]:  # noqa: N803 - of the API
        region = PRIMARY if PRIMARY in Bucket else SECONDARY
        self.looks += 1
        versions = [*self.versions[region]]
        if self.looks > 2 and region == SECONDARY:
            versions += [{"Key": Prefix, "VersionId": "v2", "LastModified": STORED}]
        return [{"Versions": versions}]

    def attempts(self, run_id: str) -> list[dict[str, Any]]:
        """The first look is that of the primary, whose answer is the same."""
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if status == "interrupt":
            raise KeyboardInterrupt
        if not status:
            return []
        item = {"run_id": run_id, "attempt": 1, "region": SECONDARY, "status": status}
        return [{**item, **self.attributes}]


@pytest.fixture(autouse=True)
def _aws_cli(programs: FakePrograms, monkeypatch: pytest.MonkeyPatch) -> None:
    programs.add("aws", ":")
    monkeypatch.setenv("PATH", f"{programs.folder}:/usr/bin:/bin")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text("uuid\n")
    return path


def run(
    monkeypatch: pytest.MonkeyPatch,
    file: Path,
    *statuses: str,
    settings: Plan = PLAN,
    **attributes: Any,
) -> None:
    """Upload the file and wait, while the run shows each status once."""
    system = FakeSystem(*statuses, **attributes)
    reads: dict[str, Any] = {}

    def attempts(state: StateReader, run_id: str) -> Any:
        if state.region == PRIMARY:
            reads["items"] = system.attempts(run_id)
        return reads["items"]

    monkeypatch.setattr(StateReader, "attempts", attempts)
    monkeypatch.setattr(run_watch, "POLL_SECONDS", 0.0)
    upload(system, settings, str(file), is_awaited=True)


# ---------------------------------------------------------------------------------------- the file


@pytest.mark.parametrize("name", AWKWARD)
def test_a_file_of_any_name_is_uploaded_under_its_own_name(
    name: str, tmp_path: Path, programs: FakePrograms, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text("uuid\n")
    programs.add("aws", 'for argument; do printf "<%s>" "$argument"; done')
    upload(FakeSystem(), PLAN, str(tmp_path / name), is_awaited=False)
    printed = capfd.readouterr().out
    assert f"<s3><cp><--no-progress><{tmp_path / name}><s3://{MRAP}/input/{name}>" in printed
    assert keys.run_id(f"input/{name}", "v2") in printed


def test_a_name_that_looks_like_an_option_is_a_path_for_the_cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: FakePrograms
) -> None:
    (tmp_path / "-rf.csv").write_text("uuid\n")
    monkeypatch.chdir(tmp_path)
    upload(FakeSystem(), PLAN, "-rf.csv", is_awaited=False)
    assert f" {tmp_path}/-rf.csv " in programs.calls()[0]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "FILE names no file: make upload FILE="),
        ("nope.csv", "There is no file 'nope.csv': make upload FILE="),
        ("a\nb.csv", "a line end, another control character"),
        ("a\tb.csv", "'a<U+0009>b.csv' has"),
        ("a\u2028b.csv", "rename the file"),
        ("a\udcffb.csv", "bytes that are not UTF-8"),
        ("x" * 256, "cannot be read: File name too long"),
        ("folder", "is a folder: name each file in it"),
        ("pipe", "no ordinary file"),
    ],
)
def test_what_cannot_be_uploaded_is_refused_in_plain_words(
    name: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    os.mkfifo("pipe")
    for odd in ("a\nb.csv", "a\tb.csv", "a\u2028b.csv", "a\udcffb.csv"):
        Path(odd).write_text("uuid\n")
    with pytest.raises(DeployError) as caught:
        checked_file(name)
    assert str(caught.value).startswith("Nothing was uploaded. ")
    assert words in str(caught.value)


def test_a_refused_upload_shows_the_words_of_s3(file: Path, programs: FakePrograms) -> None:
    programs.add("aws", "echo upload failed: AccessDenied >&2; exit 1")
    with pytest.raises(DeployError, match="was not uploaded: upload failed: AccessDenied"):
        upload(FakeSystem(), PLAN, str(file), is_awaited=False)


# ----------------------------------------------------------------------------------------- its run


def test_without_wait_it_says_the_key_and_the_run_and_what_comes(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    upload(FakeSystem(), PLAN, str(file), is_awaited=False)
    printed = capsys.readouterr().out
    assert f"input/orders.csv is uploaded; the id of its run is {RUN}." in printed
    assert "mailed to you@example.com" in printed
    assert "WAIT=1" in printed


def test_earlier_versions_of_the_same_name_and_longer_names_are_not_taken_for_it(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    system, later = FakeSystem(), STORED + timedelta(hours=1)
    old = {"Key": "input/orders.csv", "VersionId": "v1", "LastModified": later}
    other = {"Key": "input/orders.csv.bak", "VersionId": "v3", "LastModified": later}
    system.versions = {PRIMARY: [old], SECONDARY: [other]}
    upload(system, PLAN, str(file), is_awaited=False)
    assert RUN in capsys.readouterr().out


def test_a_region_that_is_down_does_not_hide_the_run(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    system = FakeSystem()
    system.down, system.looks = PRIMARY, 1
    upload(system, PLAN, str(file), is_awaited=False)
    captured = capsys.readouterr()
    assert RUN in captured.out
    assert f"the bucket of {PRIMARY} does not show its versions" in captured.err


def test_wait_shows_each_state_once_then_rows_and_links(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: dict[str, Any] = {"rows_in": 10, "rows_out": 8, "rows_rejected": 2}
    run(monkeypatch, file, "", "", "STARTED", "STARTED", "COMPLETED", **rows)
    lines = capsys.readouterr().out.splitlines()
    states = [line.partition(" s  ")[2] for line in lines if " s  " in line]
    assert [state.partition(":")[0] for state in states] == [
        "not begun yet",
        f"STARTED in {SECONDARY}",
        f"COMPLETED in {SECONDARY}",
    ]
    assert "  10 rows in, 8 out, 2 rejected" in lines
    assert lines[-3:] == ["https://r", "  The rejected rows, with their reasons:", "https://x"]


def test_a_file_whose_rows_were_all_rejected_says_so(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, file, "COMPLETED", rows_in=2, rows_out=0, rows_rejected=2)
    assert "2 rejected: every row was rejected" in capsys.readouterr().out


def test_a_result_whose_links_cannot_be_had_is_a_result_all_the_same(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fake_links(*_: Any) -> None:
        raise DeployError("FAILED: no links")

    monkeypatch.setattr("deployment.deployer.upload.print_links", fake_links)
    run(monkeypatch, file, "COMPLETED", rows_in=1, rows_out=1, rows_rejected=0)
    assert f"make link RUN={RUN}" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("status", "attributes", "words"),
    [
        (
            "FAILED",
            REASON,
            ["orders.csv was refused: The file is empty. Upload a file with rows. Run: "],
        ),
        ("FAILED", ("States.Timeout", "late"), ["States.Timeout: late", f"make retry RUN={RUN}"]),
        ("GIVEN_UP", ("", ""), ["given", "Upload the file again"]),
    ],
)
def test_a_failure_has_its_reason_and_what_to_do(
    status: str,
    attributes: tuple[str, str],
    words: list[str],
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(DeployError) as caught:
        run(monkeypatch, file, "STARTED", status, error=attributes[0], reason=attributes[1])
    assert all(word in str(caught.value) for word in ["FAILED: ", *words])
    assert ".." not in str(caught.value)


def test_a_mail_that_nobody_knows_of_ends_the_wait_once_the_attempt_has_ended(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """While the attempt runs, SES may still answer."""
    with pytest.raises(DeployError, match="nobody knows whether the result"):
        run(monkeypatch, file, "STARTED", "STARTED", "FAILED", mail_claim="c")
    assert capsys.readouterr().out.count("UNCERTAIN in") == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("STARTED", f"has not ended in 0 hours: it is STARTED in {SECONDARY}"),
        ("", "nobody has begun"),
    ],
)
def test_a_wait_that_is_too_long_ends_and_says_what_to_look_at(
    status: str, words: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DeployError, match=words):
        run(monkeypatch, file, status, settings=plan(overdue_hours="0"))


def test_an_interrupt_leaves_the_run_going_and_says_so(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(KeyboardInterrupt, match=f"{RUN} goes on: its result will be mailed"):
        run(monkeypatch, file, "STARTED", "interrupt")


def test_a_table_that_no_region_shows_does_not_stop_the_run(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def attempts(*_: Any) -> Any:
        raise error("ExpiredTokenException", "expired")

    monkeypatch.setattr(StateReader, "attempts", attempts)
    with pytest.raises(DeployError, match=r"cannot be seen: .*It goes on"):
        upload(FakeSystem(), PLAN, str(file), is_awaited=True)


@pytest.mark.parametrize(("failure", "code"), [(None, 0), (DeployError("FAILED: x"), 1)])
def test_the_exit_code_tells_whether_it_completed(
    failure: Exception | None, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fake_upload(*_: Any, is_awaited: bool) -> None:
        assert is_awaited
        if failure:
            raise failure

    monkeypatch.setattr(command_line, "upload", fake_upload)
    monkeypatch.setattr(command_line, "Plan", lambda _settings: PLAN)
    assert command_line.main(["upload", "--wait", "--", "-a.csv"]) == code


def test_an_interrupt_ends_with_130_and_its_own_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fake_upload(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt("Interrupted. r goes on.")

    monkeypatch.setattr(command_line, "upload", fake_upload)
    monkeypatch.setattr(command_line, "Plan", lambda _settings: PLAN)
    assert command_line.main(["upload", "--", "a.csv"]) == 130
    assert "r goes on" in capsys.readouterr().err
