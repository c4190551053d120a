"""Compares the templates with what runs used. Exit code 1 if a grant is not used or explained."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.permissions import report
from tools.permissions.grants import read_grants, used_grants
from tools.permissions.needs import read_needs
from tools.permissions.record import complaints, read_reasons, read_used, write_used


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make permissions")
    parser.add_argument("folder", type=Path, help="where runs of the local cloud left their needs")
    parser.add_argument("--record", action="store_true", help="enter what they used in used.json")
    options = parser.parse_args(arguments)
    needs = read_needs(options.folder)
    if not needs:
        print(f"No run has left anything in {options.folder}: make demo, drill, test, soak.")
        return 2
    grants, reasons = read_grants(), read_reasons()
    used = used_grants(grants, needs)
    if options.record:
        write_used(used)
    kinds = report.kinds_of(used, needs)
    print("\n".join(report.lines(grants, used, reasons, kinds)))
    missing = sorted(read_used() & grants - used)
    if missing:
        print(f"{len(missing)} were used by earlier runs (used.json), and not by these.")
    problems = list(complaints(grants, used | (read_used() & grants), reasons))
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
