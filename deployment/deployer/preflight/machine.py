"""The tools on this machine."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

from .finding import Finding

Version = tuple[int, ...]


@dataclass(frozen=True)
class Tool:
    """`least` is the oldest that can do it, by major version; why, and where to get it.

    An older one fails for certain, or is merely one that nobody tried.
    """

    command: str
    least: dict[int, Version]
    why: str
    get: str
    fails: bool = True


TOOLS = (
    # The first minor versions after 2021-07-27, when ARC's APIs appeared.
    # https://awsapichanges.com/archive/changes/53459f-route53-recovery-control-config.html
    Tool("aws", {1: (1, 21), 2: (2, 3)}, "it does not know ARC", "make venv"),
    Tool("sam", {1: (1, 170)}, "older ones were not tried", "make venv", fails=False),
    # An empty array is "unbound" before.
    Tool("bash", {4: (4, 4), 5: (5, 0)}, "empty arrays under set -u", "your package manager"),
)
_PYTHON = (3, 11)


def tools() -> list[Finding]:
    return [*map(_tool, TOOLS), _python()]


def _tool(tool: Tool) -> Finding:
    if shutil.which(tool.command) is None:
        return Finding.missing(f"{tool.command} is not on the PATH: {tool.get}, in the repository")
    version = _version(tool.command)
    shown = ".".join(map(str, version)) or "of unknown version"
    least = tool.least.get(version[0]) if version else None
    if least is None:
        return Finding.warning(f"{tool.command} {shown} was never tried with this")
    if version < least:
        wanted = ".".join(map(str, least))
        text = f"{tool.command} {shown}: {wanted} or later is wanted ({tool.why}); {tool.get}"
        return Finding.missing(text) if tool.fails else Finding.warning(text)
    return Finding.ok(f"{tool.command} {shown}")


def _version(command: str) -> Version:
    done = subprocess.run(  # noqa: S603 - one of TOOLS
        [command, "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", done.stdout + done.stderr)
    return tuple(int(part) for part in found.groups() if part) if found else ()


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _PYTHON:
        return Finding.missing(f"{sys.executable} is Python {version}: 3.11 or later is needed")
    if importlib.util.find_spec("pip") is None:
        return Finding.missing(f"{sys.executable} has no pip, which builds the layer: make venv")
    return Finding.ok(f"python {version}, with pip and boto3")
