"""Deploy, load, cut the active Region off, fail over, fail back, and account for every file.

Exit 0 only if every file came out once, complete and correct.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

from tools.drill.checks import problems, stray_mails
from tools.drill.environment import Scene
from tools.drill.evidence import Evidence, gather
from tools.drill.load import make_sources
from tools.drill.report import picture, recovered
from tools.drill.scenario import Course
from tools.drill.table import table
from tools.harness.expected import calculate
from tools.harness.shell import ROOT, CommandFailed, Shell, stream

_FINANCIAL = ROOT / "assets" / "financial-data.csv"
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
    began = time.monotonic()
    shell = Shell({"LOCALCLOUD_TIME_SCALE": os.environ.get("LOCALCLOUD_TIME_SCALE", _TIME_SCALE)})
    os.environ.update(shell.environment)  # boto3 here goes where the commands go
    stream(["make", "deploy"], shell.environment, ROOT / "deployment")
    course = _hold(Scene(shell))
    mails = course.scene.mails()[course.mails_before :]
    evidence = gather(course.scene.deployment, course.uploads, mails)
    found = [
        *course.problems,
        *_wrong(course, evidence),
        *stray_mails(mails, {upload.name for upload in course.uploads}),
    ]
    _show(course, evidence, time.monotonic() - began)
    return _judge(found, len(evidence))


def _hold(scene: Scene) -> Course:
    scene.begin_in_the_first_region()
    scene.make("chaos", "CHAOS_SCOPE=all")
    course = Course(scene, make_sources(_FOLDER))
    course.fail_over()
    course.fail_back()
    return course


def _wrong(course: Course, evidence: Sequence[Evidence]) -> list[str]:
    sources = {one.upload.source for one in evidence}
    expected = {source: calculate(source, _FINANCIAL) for source in sources}
    regions = course.scene.deployment.regions
    return [
        problem
        for one in evidence
        for problem in problems(one, expected[one.upload.source], regions)
    ]


def _show(course: Course, evidence: Sequence[Evidence], seconds: float) -> None:
    _PICTURE.write_text(picture(course, evidence).svg(), encoding="utf-8")
    print(f"\n{table(evidence, course.zero)}\n\n{recovered(course, evidence)}\n")
    print(f"The picture of it: {_PICTURE.relative_to(ROOT)}")
    print(f"All in {seconds:.0f} s.\n")


def _judge(found: Sequence[str], files: int) -> int:
    for problem in found:
        print(f"WRONG: {problem}", file=sys.stderr)
    if found:
        print(f"The drill failed: {len(found)} things are wrong; see above.", file=sys.stderr)
        return 1
    print(f"All {files} files came out once, complete and correct.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
