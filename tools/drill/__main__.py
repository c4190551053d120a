"""Deploys, loads, cuts the active Region off, fails over and back, and accounts for every file.

Exit code 0 only if every file came out once, complete and correct.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

from tools.drill.checks import problems_of, stray_mails
from tools.drill.environment import Environment
from tools.drill.evidence import Evidence, gather
from tools.drill.load import make_sources
from tools.drill.report import picture, recovery_text
from tools.drill.scenario import Scenario
from tools.drill.table import table
from tools.harness.expected import calculate
from tools.harness.shell import FINANCIAL_DATA, ROOT, CommandFailed, Shell

_FOLDER = ROOT / ".build" / "drill"
_PICTURE = _FOLDER / "timeline.svg"
# Of a cloud that the drill starts itself: 16 minutes of waiting in the runbook become 38 s.
_TIME_SCALE = "0.04"


def main() -> int:
    try:
        return _drill()
    except CommandFailed as error:
        print(f"\nThe drill failed: {error}", file=sys.stderr)
        print("The local cloud's own log is .local/localcloud.log.", file=sys.stderr)
        return 1


def _drill() -> int:
    start = time.monotonic()
    shell = Shell.local(
        {"LOCALCLOUD_TIME_SCALE": os.environ.get("LOCALCLOUD_TIME_SCALE", _TIME_SCALE)}
    )
    os.environ.update(shell.environment)  # boto3 here goes where the commands go
    shell.deploy()
    scenario = _run(Environment(shell))
    mails = scenario.environment.mails()[scenario.mails_before :]
    files = gather(scenario.environment.deployment, scenario.uploads, mails)
    problems = [
        *scenario.problems,
        *_problems(scenario, files),
        *stray_mails(mails, {upload.name for upload in scenario.uploads}),
    ]
    _show(scenario, files, time.monotonic() - start)
    return _exit_code(problems, len(files))


def _run(environment: Environment) -> Scenario:
    environment.begin_in_the_first_region()
    environment.make("chaos", "CHAOS_SCOPE=all")
    scenario = Scenario(environment, make_sources(_FOLDER))
    scenario.fail_over()
    scenario.fail_back()
    return scenario


def _problems(scenario: Scenario, files: Sequence[Evidence]) -> list[str]:
    sources = {file.upload.source for file in files}
    expected = {source: calculate(source, FINANCIAL_DATA) for source in sources}
    regions = scenario.environment.deployment.regions
    return [
        problem
        for file in files
        for problem in problems_of(file, expected[file.upload.source], regions)
    ]


def _show(scenario: Scenario, files: Sequence[Evidence], seconds: float) -> None:
    _PICTURE.write_text(picture(scenario, files).svg(), encoding="utf-8")
    print(f"\n{table(files, scenario.zero)}\n\n{recovery_text(scenario, files)}\n")
    print(f"The picture of it: {_PICTURE.relative_to(ROOT)}")
    print(f"All in {seconds:.0f} s.\n")


def _exit_code(problems: Sequence[str], files: int) -> int:
    for problem in problems:
        print(f"WRONG: {problem}", file=sys.stderr)
    if problems:
        print(f"The drill failed: {len(problems)} things are wrong; see above.", file=sys.stderr)
        return 1
    print(f"All {files} files came out once, complete and correct.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
