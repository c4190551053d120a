"""deployment/Makefile: its targets and settings, which other tools and the docs rely on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from deployment.deployer import __main__ as command_line
from deployment.deployer.preflight.settings import check_settings
from deployment.deployer.settings import Settings
from tests.deployment.programs import ROOT

TARGETS = [
    "help",
    "check",
    "deploy",
    "verify",
    "build",
    "upload",
    "status",
    "cost",
    "tune",
    "settings",
    "mrap-arn",
    "retry",
    "give-up",
    "link",
    "replay-failures",
    "failover",
    "failback",
    "reconcile",
    "chaos",
    "destroy-chaos",
    "lint",
    "destroy-all",
]


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: os.environ[name] for name in ("PATH", "HOME")}
    command = ["make", "-s", *arguments]
    return subprocess.run(  # noqa: S603 - make, with our own Makefile
        command,
        cwd=ROOT / "deployment",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def exported_settings(*arguments: str) -> Settings:
    """The settings that `make deploy …` passes to the deployer."""
    printed = make("--eval", "print-settings: ; @env -0", "print-settings", *arguments).stdout
    exported = dict(line.split("=", 1) for line in printed.split("\0") if "=" in line)
    return Settings(**{field.name: exported[field.name.upper()] for field in fields(Settings)})


def test_help_names_every_target() -> None:
    assert sorted(re.findall(r"^  make (\S+)", make("help").stdout, re.MULTILINE)) == sorted(
        TARGETS
    )


def test_every_command_that_a_target_runs_exists() -> None:
    text = (ROOT / "deployment" / "Makefile").read_text()
    called = set(re.findall(r"\$\(DEPLOYER\) ([a-z-]+)", text))
    assert called == set(command_line.COMMANDS)


def test_an_unknown_command_is_refused_with_those_that_exist(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as caught:
        command_line.main(["flip"])
    assert caught.value.code == 2
    assert "destroy-all" in capsys.readouterr().err


AWKWARD = [
    "it's",
    'a "b"',
    "$HOME $$ $(id) ${x",
    "`touch pwned`",
    "$(shell touch pwned)",
    "-x",
    "#",
]


def test_upload_of_a_missing_file_says_how_to_name_it() -> None:
    process = make("upload", "FILE=nope.csv", f"PYTHON={sys.executable}")
    assert process.returncode != 0
    assert "There is no file 'nope.csv': make upload FILE=" in process.stderr.replace("\n", " ")
    assert "FILE names no file" in make("upload", f"PYTHON={sys.executable}").stderr


@pytest.mark.parametrize("name", [*AWKWARD, "naïve 東京", "a;b&c|d", "back\\slash", "two  words "])
def test_the_name_of_a_file_or_run_comes_to_the_command_as_it_was_typed(
    name: str, tmp_path: Path
) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/bash\n[[ $1 == -c ]] || printf "<%s>" "${@: -1}"\n')
    python.chmod(0o755)
    for target, variable in (("upload", "FILE"), ("link", "RUN"), ("retry", "RUN")):
        assert make(target, f"{variable}={name}", f"PYTHON={python}").stdout == f"<{name}>"
    assert make("destroy-all", f"CONFIRM={name}", f"PYTHON={python}").stdout.endswith(f"{name}>")
    assert not (ROOT / "deployment" / "pwned").exists()


def test_upload_waits_only_if_it_is_asked_to(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/bash\n[[ $1 == -c ]] || echo "$*"\n')
    python.chmod(0o755)
    arguments = ("upload", "FILE=a.csv", f"PYTHON={python}")
    assert make(*arguments).stdout == "-m deployer upload -- a.csv\n"
    assert make(*arguments, "WAIT=1").stdout == "-m deployer upload --wait -- a.csv\n"


def test_tune_needs_no_account_if_one_is_named() -> None:
    process = make("tune", "ACCOUNT=ordinary", "ROWS=1000", f"PYTHON={sys.executable}")
    assert "A file of 1,000 rows" in process.stdout
    assert "Within 5.0 min as it is." in process.stdout


@pytest.mark.parametrize("target", ["retry", "give-up", "link"])
def test_a_command_without_the_run_says_how_to_name_it(target: str) -> None:
    process = make(target, f"PYTHON={sys.executable}")
    assert process.returncode != 0
    assert "make status shows the ids" in process.stderr


def test_the_makefile_exports_every_setting_and_its_defaults_are_allowed() -> None:
    exported = exported_settings("SES_IDENTITY=example.com")
    assert check_settings(replace(exported, financial_data="assets/financial-data.csv")) == []
    assert (exported.sender, exported.recipient) == ("batch@example.com", "batch@example.com")
    assert (ROOT / "deployment" / Path(exported.financial_data)).is_file()


def test_eval_of_env_without_a_cloud_fails_loudly_and_the_next_command_does_not_run(
    tmp_path: Path,
) -> None:
    environment = {name: os.environ[name] for name in ("PATH", "HOME")}
    process = subprocess.run(
        ["bash", "-c", 'eval "$(make -s env)" && echo next'],  # noqa: S607 - the user's bash
        cwd=ROOT,
        env=environment | {"LOCALCLOUD_STATE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    assert "Nothing was set: " in process.stderr
    assert process.stdout == ""
