"""Modules import one another in one direction only, for types and inside functions too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import localcloud

ROOT = Path(localcloud.__file__).parent
# The interpreter of state machines calls itself: a Map state runs executions, which run states.
INTERPRETER = "localcloud.stepfunctions"


def test_no_modules_import_each_other_in_a_circle() -> None:
    circles = [sorted(circle) for circle in _circles(_imports()) if not _is_interpreter(circle)]
    assert circles == []


def _is_interpreter(circle: set[str]) -> bool:
    return all(name.startswith(INTERPRETER) for name in circle)


def _imports() -> dict[str, set[str]]:
    """Each module of the local cloud and those that it imports, wherever in its file."""
    files = {_name(path): path for path in ROOT.rglob("*.py")}
    return {
        module: {name for name in _imported(path, set(files)) if name != module}
        for module, path in files.items()
    }


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path, modules: set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in modules else str(node.module) for name in names]
        else:
            continue
        yield from (name for name in names if name in modules)


def _circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """The modules that can be reached from one another."""
    reachable = {name: _reachable(graph, name) for name in graph}
    circles: list[set[str]] = []
    for name in graph:
        circle = {other for other in reachable[name] if name in reachable[other]}
        if circle and circle not in circles:
            circles.append(circle)
    return circles


def _reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    reached: set[str] = set()
    ahead = [*graph[start]]
    while ahead:
        if (name := ahead.pop()) not in reached:
            reached.add(name)
            ahead += graph[name]
    return reached
