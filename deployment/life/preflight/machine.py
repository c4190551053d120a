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
    """`least` is the oldest that can do it, by major version; why, and where to get it."""

    command: str
    least: dict[int, Version]
    why: str
    get: str


TOOLS = (
    # Seen in the changelogs: route53-recovery-cluster came with 1.20.9 and 2.2.24 (2021-07-27).
    Tool("aws", {1: (1, 20, 9), 2: (2, 2, 24)}, "route53-recovery-cluster", "make venv"),
    # The versions before were not tried; --resolve-s3 and nested applications are older.
    Tool("sam", {1: (1, 100, 0)}, "python3.13 and nested stacks as tried", "make venv"),
    # An empty array is "unbound" before.
    Tool("bash", {4: (4, 4), 5: (5, 0)}, "arrays under set -u", "your package manager"),
)
_PYTHON = (3, 11)


def machine() -> list[Finding]:
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
        return Finding.missing(
            f"{tool.command} {shown} is too old: {wanted} or later is needed ({tool.why}); "
            f"{tool.get}"
        )
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
