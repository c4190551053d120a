"""`make upload` and `make link`, as a person types them."""

from __future__ import annotations

import re
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
    assert "FAILED: empty.csv was refused: " in words
    assert "upload it again" in words
    assert "FAILED in " in capfd.readouterr().out  # the states so far
