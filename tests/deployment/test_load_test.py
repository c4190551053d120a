"""assets/load-test.sh: many files, each under its own key, through the access point."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deployment.programs import FakePrograms

SCRIPT = "assets/load-test.sh"
ARN = "arn:aws:s3::123456789012:accesspoint/mabc.mrap"


def test_each_of_the_files_is_uploaded_under_a_key_of_its_own(programs: FakePrograms) -> None:
    programs.add("aws", "")
    process = programs.run(SCRIPT, "-a", ARN, "-r", "3", "-w", "0")
    targets = [call.split()[-1] for call in programs.calls()]
    assert process.returncode == 0
    assert len(set(targets)) == 3
    assert all(target.startswith(f"s3://{ARN}/input/load-") for target in targets)
    assert "3 of 3 files uploaded" in process.stdout


def test_several_files_take_turns_and_each_line_says_which_was_uploaded(
    programs: FakePrograms, tmp_path: Path
) -> None:
    programs.add("aws", "")
    small, large = tmp_path / "small.csv", tmp_path / "large one.csv"
    small.touch()
    large.touch()
    options = ("-r", "3", "-w", "0", "-f", str(small), "-f", str(large))
    lines = programs.run(SCRIPT, "-a", ARN, *options).stdout.splitlines()[:3]
    assert [line.split(" from ")[1] for line in lines] == [str(small), str(large), str(small)]


def test_two_runs_never_use_one_key(programs: FakePrograms) -> None:
    programs.add("aws", "")
    programs.run(SCRIPT, "-a", ARN, "-r", "1", "-w", "0")
    programs.run(SCRIPT, "-a", ARN, "-r", "1", "-w", "0")
    assert len(set(programs.calls())) == 2


def test_an_upload_that_fails_is_reported_and_the_next_ones_follow(programs: FakePrograms) -> None:
    programs.add("aws", '[[ "$*" != *00002* ]]')
    process = programs.run(SCRIPT, "-a", ARN, "-r", "3", "-w", "0")
    assert process.returncode == 1
    assert len(programs.calls()) == 3
    assert "2 of 3 files uploaded" in process.stdout


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
def test_wrong_options_are_explained_and_nothing_is_uploaded(
    programs: FakePrograms, options: list[str]
) -> None:
    programs.add("aws", "")
    process = programs.run(SCRIPT, *options)
    assert process.returncode == 2
    assert "load-test.sh -a <MRAP ARN>" in process.stderr
    assert not programs.calls()
