"""assets/load-test.sh: many files, each under its own key, through the access point."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deployment.programs import FakePrograms

SCRIPT = "assets/load-test.sh"
ARN = "arn:aws:s3::123456789012:accesspoint/mabc.mrap"


# `aws s3 cp --recursive --no-progress <folder> <target>`, as the AWS CLI prints it; what the links
# of the folder lead to goes into a file beside it.
RECURSIVE = r"""
for link in "${@: -2:1}"/*; do
    if [[ $link == *00002.csv && -n ${FAILS:-} ]]; then
        echo "upload failed: $link to ${@: -1}$(basename "$link") An error occurred" >&2
    else
        echo "upload: $link to ${@: -1}$(basename "$link")"
        readlink -f "$link" >> "$(dirname "$0")/sources"
    fi
done
[[ -z ${FAILS:-} ]]
"""


@pytest.fixture
def small_and_large(tmp_path: Path) -> tuple[Path, Path]:
    small, large = tmp_path / "small.csv", tmp_path / "large one.csv"
    small.touch()
    large.touch()
    return small, large


def test_without_a_pause_one_process_uploads_all_files_each_under_a_key_of_its_own(
    programs: FakePrograms,
) -> None:
    programs.add("aws", RECURSIVE)
    process = programs.run(SCRIPT, "-a", ARN, "-r", "3", "-w", "0")
    [call] = programs.calls()
    assert call.startswith("aws s3 cp --recursive --no-progress ")
    assert call.endswith(f" s3://{ARN}/input/")
    *lines, last = process.stdout.splitlines()
    assert len({line.split()[3] for line in lines}) == 3
    assert all(line.split()[3].startswith("input/load-") for line in lines)
    assert last.startswith("3 of 3 files uploaded")
    assert process.returncode == 0


def test_with_a_pause_each_file_is_uploaded_by_itself_under_a_key_of_its_own(
    programs: FakePrograms,
) -> None:
    programs.add("aws", "")
    programs.add("sleep", "")
    process = programs.run(SCRIPT, "-a", ARN, "-r", "3", "-w", "0.5")
    assert [call.split()[0] for call in programs.calls()] == ["aws", "sleep", "aws", "sleep", "aws"]
    assert programs.calls().count("sleep 0.5") == 2
    targets = {call.split()[-1] for call in programs.calls() if call.startswith("aws")}
    assert len(targets) == 3
    assert all(target.startswith(f"s3://{ARN}/input/load-") for target in targets)
    assert "3 of 3 files uploaded" in process.stdout


@pytest.mark.parametrize("pause", ["0", "0.1"])
def test_several_files_take_turns_and_each_line_says_which_was_uploaded(
    programs: FakePrograms, small_and_large: tuple[Path, Path], pause: str
) -> None:
    small, large = map(str, small_and_large)
    programs.add("aws", RECURSIVE if pause == "0" else "")
    options = ("-r", "3", "-w", pause, "-f", small, "-f", large)
    lines = programs.run(SCRIPT, "-a", ARN, *options).stdout.splitlines()[:3]
    assert [line.split(" from ")[1] for line in lines] == [small, large, small]


def test_what_is_uploaded_are_the_files_that_were_named(
    programs: FakePrograms, small_and_large: tuple[Path, Path]
) -> None:
    programs.add("aws", RECURSIVE)
    small, large = map(str, small_and_large)
    programs.run(SCRIPT, "-a", ARN, "-r", "3", "-w", "0.0", "-f", small, "-f", large)
    sources = (programs.folder / "sources").read_text().splitlines()
    assert sources == [small, large, small]


def test_the_folder_with_the_links_is_removed(programs: FakePrograms) -> None:
    programs.add("aws", RECURSIVE)
    programs.run(SCRIPT, "-a", ARN, "-r", "1", "-w", "0")
    assert not Path(programs.calls()[0].split()[-2]).exists()


def test_two_runs_never_use_one_key(programs: FakePrograms) -> None:
    programs.add("aws", RECURSIVE)
    outputs = [programs.run(SCRIPT, "-a", ARN, "-r", "1", "-w", "0").stdout for _ in range(2)]
    assert len({output.split()[3] for output in outputs}) == 2


@pytest.mark.parametrize("pause", ["0", "0.1"])
def test_an_upload_that_fails_is_reported_and_the_others_follow(
    programs: FakePrograms, pause: str
) -> None:
    programs.add("aws", f"FAILS=1\n{RECURSIVE}" if pause == "0" else '[[ "$*" != *00002* ]]')
    process = programs.run(SCRIPT, "-a", ARN, "-r", "3", "-w", pause)
    assert process.returncode == 1
    assert "00002.csv" in process.stderr
    assert [line.split()[0] for line in process.stdout.splitlines()] == ["1", "3", "2"]
    assert "2 of 3 files uploaded" in process.stdout


def test_nothing_is_uploaded_if_the_cli_fails_before_it_begins(programs: FakePrograms) -> None:
    programs.add("aws", "echo 'Unable to locate credentials' >&2; exit 255")
    process = programs.run(SCRIPT, "-a", ARN, "-r", "3", "-w", "0")
    assert process.returncode == 1
    assert "Unable to locate credentials" in process.stderr
    assert "0 of 3 files uploaded" in process.stdout


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["-a", "mabc.mrap"],
        ["-a", ARN, "-r", "none"],
        ["-a", ARN, "-w", "-1"],
        ["-a", ARN, "-f", "/no/such/file"],
        ["-a", ARN, "-w", "0", "-f", "/"],
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
