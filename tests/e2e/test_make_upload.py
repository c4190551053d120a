"""`make upload` and `make link`, as a person types them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.e2e.files import known_uuids, row, text
from tests.e2e.system import System
from tools.harness.mails import fetch
from tools.harness.shell import DEPLOYMENT, CommandFailed

NAME = '-it\'s $(id) "naïve" 100%; #東京 .csv'


def test_a_file_of_any_name_is_uploaded_and_its_result_is_waited_for(
    system: System, tmp_path: Path
) -> None:
    good, bad = known_uuids(2)
    file = tmp_path / NAME
    file.write_text(text([row(good), row(bad, country="")]))
    printed = system.shell.run(
        "make", "upload", f"FILE={file}", "WAIT=1", folder=DEPLOYMENT, quiet=True
    )
    assert f"input/{NAME} is uploaded; the id of its run is" in printed
    assert re.search(r" s  COMPLETED in ", printed)
    assert "2 rows in, 1 out, 1 rejected" in printed
    result, rejects = re.findall(r"^https://\S+$", printed, re.MULTILINE)
    assert good in fetch(result).decode()
    assert bad in fetch(rejects).decode()

    run = re.search(r"its run is (\S+)\.$", printed, re.MULTILINE)
    assert run
    again = system.shell.run("make", "link", f"RUN={run[1]}", folder=DEPLOYMENT, quiet=True)
    assert "until 20" in again
    assert good in fetch(re.findall(r"^https://\S+$", again, re.MULTILINE)[0]).decode()


def test_a_refused_file_ends_the_wait_with_its_reason_and_an_error(
    system: System, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(CommandFailed) as caught:
        system.shell.run(
            *("make", "upload", f"FILE={tmp_path / 'empty.csv'}", "WAIT=1"),
            folder=DEPLOYMENT,
            quiet=True,
        )
    words = " ".join(str(caught.value).split())
    reason = "The file is empty. Use a file with a header and rows."
    assert f"FAILED: empty.csv was refused: {reason} Run: empty-" in words
    assert "FAILED in " in capfd.readouterr().out  # the states so far


def test_ctrl_c_ends_the_waiting_and_the_run_goes_on(system: System, tmp_path: Path) -> None:
    (tmp_path / "interrupted.csv").write_text(text([row(uuid) for uuid in known_uuids(3)]))
    with subprocess.Popen(  # noqa: S603 - the command of the documentation
        ["make", "upload", f"FILE={tmp_path / 'interrupted.csv'}", "WAIT=1"],  # noqa: S607
        cwd=DEPLOYMENT,
        env=system.shell.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        states = (line for line in process.stdout if re.match(r" +\d+ s  ", line))
        next(states)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, errors = process.communicate(timeout=60)
    assert process.returncode
    assert "goes on: its result will be mailed" in " ".join(errors.split())
    assert system.finish("interrupted.csv")["status"] == "COMPLETED"
