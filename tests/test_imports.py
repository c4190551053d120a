"""The product and the local cloud know nothing of one another; tests enter it by one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCALCLOUD = ROOT / "localcloud"
DOOR = "localcloud.testing"
# It comes before all other imports, so it cannot be behind the door.
VIRTUAL_TIME = "localcloud.virtual_time"
PRODUCT = ("functions", "deployment", "tools", "assets")
TEXTS = ("functions", "templates", "statemachines", "runbooks", "deployment")


def _python_files(*folders: Path) -> list[Path]:
    return [file for folder in folders for file in sorted(folder.rglob("*.py"))]


def _imports(file: Path) -> Iterator[str]:
    """The full names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _offenders(files: list[Path], packages: set[str]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)} imports {module}"
        for file in files
        for module in _imports(file)
        if module.split(".")[0] in packages
    ]


def test_the_product_and_its_tools_import_nothing_of_the_local_cloud() -> None:
    files = _python_files(*(ROOT / folder for folder in PRODUCT))
    assert len(files) > 50
    assert _offenders(files, {"localcloud"}) == []


@pytest.mark.parametrize("folder", TEXTS)
def test_nothing_that_is_deployed_names_the_local_cloud(folder: str) -> None:
    files = [file for file in (ROOT / folder).rglob("*") if file.is_file()]
    files += ROOT.glob("*.yaml")
    texts = {file: file.read_bytes() for file in files if "__pycache__" not in file.parts}
    assert [str(file) for file, text in texts.items() if b"localcloud" in text] == []


def test_tests_of_the_product_enter_the_local_cloud_only_by_its_door() -> None:
    modules = {module for file in _python_files(ROOT / "tests") for module in _imports(file)}
    assert {name for name in modules if name.split(".")[0] == "localcloud"} == {
        DOOR,
        VIRTUAL_TIME,
    }


def test_the_local_cloud_imports_nothing_of_the_product() -> None:
    functions = {folder.name for folder in (ROOT / "functions").iterdir() if folder.is_dir()}
    files = _python_files(LOCALCLOUD / "src", LOCALCLOUD / "tests")
    assert len(files) > 200
    assert _offenders(files, functions | set(PRODUCT) | {"deployer"}) == []


def test_the_local_cloud_s_tests_import_only_their_own_helpers() -> None:
    """Both suites call their package `tests`, so the path decides whose a module is."""
    modules = {module for file in _python_files(LOCALCLOUD) for module in _imports(file)}
    helpers = {module for module in modules if module.split(".")[0] == "tests"}
    assert helpers
    paths = {module: LOCALCLOUD.joinpath(*module.split(".")) for module in helpers}
    assert [
        module
        for module, path in paths.items()
        if not (path.with_suffix(".py").exists() or path.is_dir())
    ] == []
