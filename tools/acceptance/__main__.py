"""Says what it costs, asks, deploys an ENV of its own, checks every claim, destroys it, reports.

Exit code 0 only if every claim passed, and nothing is left.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from deployment.deployer.errors import DeployError
from tools.acceptance.claims import FAILED, PASSED, Result, check, check_all
from tools.acceptance.estimate import estimate_text
from tools.acceptance.place import Place, find_place, versions
from tools.acceptance.report import without_names, write_report
from tools.acceptance.run import Run
from tools.harness.shell import DEPLOYMENT, ROOT, CommandFailed, stream

_FOLDER = ROOT / ".build" / "acceptance"


def main() -> int:
    try:
        place = find_place()
        print(_heading(place), flush=True)
        stream(["make", "check"], place.shell.environment, DEPLOYMENT)
    except (DeployError, CommandFailed, BotoCoreError, ClientError) as error:
        print(f"\nNothing was deployed: {error}", file=sys.stderr)
        return 1
    if not _is_confirmed():
        print("Nothing was deployed. ACCEPT=yes answers where nobody can.", file=sys.stderr)
        return 1
    return _accept(place)


def _heading(place: Place) -> str:
    first, second = place.regions
    where = place.name if place.is_aws else f"{place.name} at {place.url}, not AWS: it is free"
    return (
        f"An acceptance run of ENV={place.env} in {first} and {second}, account {place.account}, "
        f"on {where}.\n\n{estimate_text()}\n"
    )


def _is_confirmed() -> bool:
    if "ACCEPT" in os.environ:
        return os.environ["ACCEPT"] == "yes"
    try:
        return input("\nDeploy, check and destroy it? Type yes to do so: ").strip() == "yes"
    except (EOFError, KeyboardInterrupt):
        return False


def _accept(place: Place) -> int:
    """Whatever happens from here on, everything is destroyed, and the report is written."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    started_at = datetime.now(UTC)
    _FOLDER.mkdir(parents=True, exist_ok=True)
    run = Run(place, _FOLDER)
    results = [*_check_all(run), _destroy(run)]
    _write(place, started_at, results)
    return _exit_code(place, results)


def _check_all(run: Run) -> list[Result]:
    results: list[Result] = []
    try:
        check_all(run.claims(), results)
    except KeyboardInterrupt:
        print("\nInterrupted: what was deployed is destroyed now.", file=sys.stderr, flush=True)
    return results


def _destroy(run: Run) -> Result:
    claim = run.last_claim()
    try:
        return check(claim)
    except KeyboardInterrupt:
        return Result(claim.sentence, FAILED, detail="interrupted")


def _write(place: Place, started_at: datetime, results: list[Result]) -> None:
    ended_at = datetime.now(UTC)
    text = write_report(
        place.name, place.regions, started_at, ended_at, versions(place.shell), results
    )
    path = _FOLDER / f"report{place.env}.md"
    path.write_text(without_names(text, place.account), encoding="utf-8")
    print(f"\n{path.read_text(encoding='utf-8')}\nThe report: {_relative(path)}", flush=True)


def _exit_code(place: Place, results: list[Result]) -> int:
    if results[-1].outcome != PASSED:
        print(
            "NOT EVERYTHING IS DESTROYED, and what stands goes on costing. In deployment/: "
            f"make destroy-all ENV={place.env}",
            file=sys.stderr,
        )
    failed = sum(result.outcome != PASSED for result in results)
    if failed:
        print(f"{failed} of {len(results)} claims did not pass.", file=sys.stderr)
        return 1
    print(f"All {len(results)} claims passed, and everything is destroyed.")
    return 0


def _relative(path: Path) -> Path:
    return path.relative_to(ROOT)


if __name__ == "__main__":
    sys.exit(main())
