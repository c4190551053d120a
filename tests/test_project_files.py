"""The files for GitHub and for pre-commit: they are valid, and run commands that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.documentation import MAKEFILES, ROOT, identify, targets, tracked


@pytest.mark.parametrize(
    "path", [*tracked(".github/*.yml"), ROOT / ".pre-commit-config.yaml"], ids=identify
)
def test_the_files_for_github_and_pre_commit_are_valid_yaml(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict)


def test_pre_commit_runs_what_make_lint_runs() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    entries = [hook["entry"] for repository in config["repos"] for hook in repository["hooks"]]
    (prerequisites,) = re.findall(r"^lint: (.*?) ##", MAKEFILES[""].read_text(), re.MULTILINE)
    assert entries == [f"make {name}" for name in prerequisites.split()]


@pytest.mark.parametrize("path", tracked(".github/workflows/*.yml"), ids=identify)
def test_the_workflows_run_commands_that_exist(path: Path) -> None:
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert commands
    for command in commands:
        if match := re.fullmatch(r"make (?:-C (\w+) )?([a-z-]+)", command):
            assert match[2] in targets(MAKEFILES[match[1] or ""]), command
        else:
            assert (ROOT / command).exists(), command
