"""deployment/deployer/functions_archive.py: functions that cannot run are not packaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deployment.deployer.errors import DeployError
from deployment.deployer.functions_archive import copy_functions
from tests.deployment.programs import ROOT


@pytest.fixture
def source(tmp_path: Path) -> Path:
    ignore = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(ROOT / "functions", tmp_path / "functions", ignore=ignore))


def test_only_code_is_copied_and_old_files_are_removed(source: Path, tmp_path: Path) -> None:
    (source / "reader/__pycache__").mkdir()
    (source / "reader/.swp").touch()
    target = tmp_path / "out"
    (target / "old").mkdir(parents=True)
    copy_functions(source, target)
    assert (target / "reader/app.py").is_file()
    assert not [*target.rglob("__pycache__"), *target.rglob(".swp")]
    assert not (target / "old").exists()
    assert not (target / "requirements.txt").exists()


def test_a_syntax_error_is_reported_with_its_place(source: Path, tmp_path: Path) -> None:
    (source / "reader/read.py").write_text("\ndef broken(:\n")
    with pytest.raises(DeployError) as caught:
        copy_functions(source, tmp_path / "out")
    assert "reader/read.py, line 2" in str(caught.value)
    assert "run make deploy again" in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_handler_that_does_not_exist_is_reported(source: Path, tmp_path: Path) -> None:
    shutil.rmtree(source / "splitter")
    with pytest.raises(DeployError, match=r"batch\.yaml names the handler splitter\.app\.handler"):
        copy_functions(source, tmp_path / "out")
