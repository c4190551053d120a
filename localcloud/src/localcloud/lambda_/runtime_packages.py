"""The directory that stands for /var/runtime: only the packages of Lambda's Python runtime."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

# A python3.13 runtime of Lambda has, beside the standard library, AWS's SDK and the runtime client,
# both with their requirements.
_DISTRIBUTIONS = (
    "boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3",
    "awslambdaric", "simplejson", "snapshot-restore-py",
)  # fmt: skip


def make_runtime_directory(target: Path) -> Path:
    """Fill ``target`` with symlinks into the host's site-packages, which share ``.pyc`` files."""
    target.mkdir(parents=True, exist_ok=True)
    for name in _DISTRIBUTIONS:
        for top in _top_level(importlib.metadata.distribution(name)):
            link = target / top.name
            if not link.is_symlink():
                link.symlink_to(top)
    return target


def _top_level(distribution: importlib.metadata.Distribution) -> set[Path]:
    root = Path(str(distribution.locate_file(""))).resolve()
    parts = {file.parts[0] for file in distribution.files or ()}
    return {root / part for part in parts if part not in ("..", "__pycache__")}
