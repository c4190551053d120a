"""deployment/copy_functions.py: what cannot run is not packaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deployment import copy_functions
from tests.deployment.standins import ROOT


@pytest.fixture
def source(tmp_path: Path) -> Path:
    leave = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(ROOT / "functions", tmp_path / "functions", ignore=leave))


def test_only_code_is_copied(source: Path, tmp_path: Path) -> None:
    (source / "reader/__pycache__").mkdir()
    (source / "reader/.swp").touch()
    target = tmp_path / "out"
    (target / "gone").mkdir(parents=True)
    assert copy_functions.main(source, target) == 0
    assert (target / "reader/app.py").is_file()
    assert not [*target.rglob("__pycache__"), *target.rglob(".swp"), target / "gone"][:-1]
    assert not (target / "gone").exists()
    assert not (target / "requirements.txt").exists()


def test_a_syntax_error_is_found_with_its_place(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (source / "reader/read.py").write_text("\ndef broken(:\n")
    assert copy_functions.main(source, tmp_path / "out") == 1
    assert "reader/read.py, line 2" in (said := capsys.readouterr().err)
    assert "run make deploy again" in said
    assert not (tmp_path / "out").exists()


def test_a_handler_that_nobody_wrote_is_found(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(source / "splitter")
    assert copy_functions.main(source, tmp_path / "out") == 1
    assert "batch.yaml names the handler splitter.app.handler" in capsys.readouterr().err
