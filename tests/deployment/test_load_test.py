"""assets/load-test.sh: many files, each under its own key, through the access point."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deployment.standins import Shell

SCRIPT = "assets/load-test.sh"
ARN = "arn:aws:s3::123456789012:accesspoint/mabc.mrap"


def test_it_uploads_as_many_files_as_asked_under_distinct_keys(shell: Shell) -> None:
    shell.program("aws", "")
    done = shell.run(SCRIPT, "-a", ARN, "-r", "3", "-w", "0")
    targets = [call.split()[-1] for call in shell.calls()]
    assert done.returncode == 0
    assert len(set(targets)) == 3
    assert all(target.startswith(f"s3://{ARN}/input/load-") for target in targets)
    assert "3 of 3 files uploaded" in done.stdout


def test_several_files_take_turns_and_each_line_says_which_went_where(
    shell: Shell, tmp_path: Path
) -> None:
    shell.program("aws", "")
    small, large = tmp_path / "small.csv", tmp_path / "large one.csv"
    small.touch()
    large.touch()
    options = ("-r", "3", "-w", "0", "-f", str(small), "-f", str(large))
    lines = shell.run(SCRIPT, "-a", ARN, *options).stdout.splitlines()[:3]
    assert [line.split(" from ")[1] for line in lines] == [str(small), str(large), str(small)]


def test_two_runs_never_use_one_key(shell: Shell) -> None:
    shell.program("aws", "")
    shell.run(SCRIPT, "-a", ARN, "-r", "1", "-w", "0")
    shell.run(SCRIPT, "-a", ARN, "-r", "1", "-w", "0")
    assert len(set(shell.calls())) == 2


def test_it_goes_on_after_an_upload_that_fails_and_says_so(shell: Shell) -> None:
    shell.program("aws", '[[ "$*" != *00002* ]]')
    done = shell.run(SCRIPT, "-a", ARN, "-r", "3", "-w", "0")
    assert done.returncode == 1
    assert len(shell.calls()) == 3
    assert "2 of 3 files uploaded" in done.stdout


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["-a", "mabc.mrap"],
        ["-a", ARN, "-r", "none"],
        ["-a", ARN, "-w", "-1"],
        ["-a", ARN, "-f", "/no/such/file"],
        ["-a", ARN, "-x"],
        ["-a", ARN, "surplus"],
    ],
)
def test_what_it_does_not_understand_it_explains(shell: Shell, options: list[str]) -> None:
    shell.program("aws", "")
    done = shell.run(SCRIPT, *options)
    assert done.returncode == 2
    assert "load-test.sh -a <MRAP ARN>" in done.stderr
    assert not shell.calls()
