"""What the local cloud counted: in the windows of its executions, or since a mark."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tools.cost.usage import Line, Window, difference, windows_of
from tools.harness.shell import ROOT, CommandFailed, outer_environment, run_command

MARK = ROOT / ".build" / "cost" / "mark.json"
ORCHESTRATOR = ":execution:MainOrchestrator"


class NothingToRead(Exception):
    """There is no usage to read, and why."""


def read_report() -> dict[str, Any]:
    """What ``localcloud usage`` prints; from here on boto3 asks that cloud, too."""
    environment = outer_environment()
    command = [str(ROOT / ".venv" / "bin" / "localcloud"), "usage"]
    script = 'eval "$(make -s env)"; env -0'
    try:
        report: dict[str, Any] = json.loads(run_command(command, environment, quiet=True))
        printed = run_command(["bash", "-c", script], environment, quiet=True)
    except CommandFailed as error:
        message = "No local cloud runs here: make demo starts one, and runs a file."
        raise NothingToRead(message) from error
    os.environ.update(dict(pair.split("=", 1) for pair in printed.split("\0") if "=" in pair))
    return report


def windows(report: dict[str, Any]) -> list[Window]:
    """Of the runs of every ENV that is deployed there."""
    return windows_of(report, ORCHESTRATOR)


def set_mark(report: dict[str, Any], path: Path = MARK) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report), encoding="utf-8")


def since_mark(report: dict[str, Any], path: Path = MARK) -> Window:
    """All that happened since the mark, with the executions that began after it and ended."""
    try:
        mark = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NothingToRead("There is no mark: make cost MARK=1 sets it.") from None
    if mark["started"] != report["started"]:
        raise NothingToRead("The mark is of another local cloud: make cost MARK=1 sets a new one.")
    return window_between(mark, report)


def window_between(mark: dict[str, Any], report: dict[str, Any]) -> Window:
    executions = tuple(
        name
        for window in windows(report)
        if window.begin >= mark["now"]
        for name in window.executions
    )
    lines = [Line(*line) for line in report["lines"]]
    usage = difference(lines, mark["totals"], report["totals"])
    return Window(executions, mark["now"], report["now"], usage)
