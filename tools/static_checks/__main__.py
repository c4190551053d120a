"""Runs the three tools at the same time; fails if a finding is neither mended nor explained."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.static_checks import cdk_nag, checkov, parliament
from tools.static_checks.findings import complaints, read_exceptions
from tools.templates import ALL, ROOT

_BUILD = ROOT / ".build" / "static-checks"


def main(programs: Path) -> int:
    """``programs``: where checkov and parliament are."""
    with ThreadPoolExecutor() as pool:
        runs = [
            pool.submit(checkov.run, programs, ALL),
            pool.submit(parliament.run, programs, ALL, _BUILD / "policies"),
            pool.submit(cdk_nag.run, ALL, _BUILD / "templates"),
        ]
        findings = [finding for run in runs for finding in run.result()]
    lines = list(complaints(findings, read_exceptions()))
    print("\n".join(lines) or f"{len(set(findings))} findings, all explained.")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
