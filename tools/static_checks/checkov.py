"""checkov, on the templates as they stand."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools.static_checks.findings import Finding
from tools.templates import ROOT


def run(programs: Path, templates: Sequence[str]) -> list[Finding]:
    """``programs``: the folder of the command. Nothing is downloaded, and nothing sent."""
    command = [
        *(str(programs / "checkov"), "--framework", "cloudformation", "--file", *templates),
        *("--output", "json", "--quiet", "--compact", "--skip-download"),
    ]
    process = subprocess.run(  # noqa: S603 - the program and the files of this repository
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if process.returncode not in (0, 1):  # 1: it found something
        raise RuntimeError(f"checkov failed:\n{process.stderr}")
    return findings(process.stdout)


def findings(output: str) -> list[Finding]:
    return [
        Finding(
            "checkov",
            check["check_id"],
            check["file_path"].lstrip("/"),
            check["resource"].rpartition(".")[2],
            check["check_name"],
        )
        for check in json.loads(output)["results"]["failed_checks"]
    ]
