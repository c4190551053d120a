"""Reads what roles needed, as runs of the local cloud have written it (LOCALCLOUD_PERMISSIONS)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

# CloudFormation makes names of roles: <stack>-<logical id>-<random>.
_ROLE_NAME = re.compile(r"role/.*-([A-Za-z0-9]+)-[A-Z0-9]+$")


def read_needs(folder: Path) -> set[tuple[str, str, str]]:
    """Return (logical id of the role, action, resource) of all that IAM allowed, in every file."""
    return {need for file in sorted(folder.glob("*.jsonl")) for need in _needs(file)}


def _needs(file: Path) -> Iterator[tuple[str, str, str]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.endswith("\n"):
                break  # half written
            entry = json.loads(line)
            if entry["allowed"] and (role := _ROLE_NAME.search(entry["role"])):
                yield role[1], entry["action"], entry["resource"]
