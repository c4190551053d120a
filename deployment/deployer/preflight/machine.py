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
    """A command, and the oldest version that works, by major version.

    An older one certainly fails if `is_required`; otherwise nobody tried it.
    """

    command: str
    minimum: dict[int, Version]
    reason: str
    source: str
    is_required: bool = True


TOOLS = (
    # For `aws s3 cp`. The first minor versions after 2021-09-02, when this kind of bucket appeared.
    # https://aws.amazon.com/blogs/aws/s3-multi-region-access-points-accelerate-performance-availability/
    Tool("aws", {1: (1, 21), 2: (2, 3)}, "for Multi-Region Access Points", "make venv"),
    Tool("sam", {1: (1, 170)}, "older ones were not tried", "make venv", is_required=False),
    Tool(
        "bash", {4: (4, 4), 5: (5, 0)}, "older ones were not tried", "your package manager", False
    ),
)
_PYTHON = (3, 11)


def check_tools() -> list[Finding]:
    return [*map(_check_tool, TOOLS), _check_python()]


def _check_tool(tool: Tool) -> Finding:
    if shutil.which(tool.command) is None:
        return Finding.missing(
            f"{tool.command} is not on the PATH: {tool.source}, in the repository"
        )
    version = _version(tool.command)
    name = f"{tool.command} {'.'.join(map(str, version)) or 'of unknown version'}"
    minimum = tool.minimum.get(version[0]) if version else None
    if minimum is None:
        return Finding.warning(f"{name} was never tried with this")
    if version < minimum:
        needed = ".".join(map(str, minimum))
        text = f"{name}: {needed} or later is needed ({tool.reason}); {tool.source}"
        return Finding.missing(text) if tool.is_required else Finding.warning(text)
    return Finding.ok(name)


def _version(command: str) -> Version:
    process = subprocess.run(  # noqa: S603 - a command of TOOLS
        [command, "--version"], capture_output=True, text=True, check=False
    )
    match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", process.stdout + process.stderr)
    return tuple(int(part) for part in match.groups() if part) if match else ()


def _check_python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _PYTHON:
        return Finding.missing(f"{sys.executable} is Python {version}: 3.11 or later is needed")
    if importlib.util.find_spec("pip") is None:
        return Finding.missing(f"{sys.executable} has no pip, which builds the layer: make venv")
    return Finding.ok(f"python {version}, with pip and boto3")
