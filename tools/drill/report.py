"""A drill in words and as a picture."""

from __future__ import annotations

from collections.abc import Sequence

from tools.drill.evidence import Evidence
from tools.drill.recovery import Recovery, recovery, scale
from tools.drill.runbook import Run
from tools.drill.scenario import Course
from tools.drill.table import epoch
from tools.drill.timeline import Bar, Line, Mark, Picture, Span


def recovered(course: Course, evidence: Sequence[Evidence]) -> str:
    """How long the recovery took, in AWS minutes, and how that is known."""
    stranded = _stranded(course, evidence)
    last = max(stranded, key=lambda one: one.most, default=None)
    return "\n".join(
        [
            "From the cut, in AWS time:",
            f"  {_shown(_new_files(course, evidence))} until a new file was begun in"
            f" {course.scene.second}",
            f"  {_shown(last)} until the last of {len(stranded)} stranded files was mailed",
            f"What the runbook is told to wait counts as told ({last.waited if last else 0:.0f} min"
            f" of it; waits ran at 1/{1 / scale(course.failover.steps):.0f}). All else is work, at",
            "this machine's speed, mixed with waits that cannot be told from it (TTL, retries,"
            " replicas): the first",
            "number takes it as it was, the second as if all of it had been waiting.",
        ]
    )


def _shown(found: Recovery | None) -> str:
    return f"{found.least:4.1f} to {found.most:4.1f} min" if found else "never"


def _new_files(course: Course, evidence: Sequence[Evidence]) -> Recovery | None:
    """Those that were never begun in the first Region."""
    begun = [
        attempt.began
        for one in evidence
        for attempt in one.attempts
        if attempt.region == course.scene.second and "requeued_at" not in one.row
    ]
    steps = course.failover.steps
    return recovery(course.cut, min(begun), min(begun), steps) if begun else None


def _stranded(course: Course, evidence: Sequence[Evidence]) -> list[Recovery]:
    """Those that the runbook handed over, and that were completed."""
    found = [one for one in evidence if "requeued_at" in one.row and "completed_at" in one.row]
    return [
        recovery(
            course.cut,
            one.attempts[-1].began,
            epoch(one.row["completed_at"]),
            course.failover.steps,
        )
        for one in found
        if one.attempts
    ]


def picture(course: Course, evidence: Sequence[Evidence]) -> Picture:
    """Both Regions and every file, from the first upload to the last mail."""
    scene = course.scene
    lines = [_line(one, course) for one in evidence]
    ended = max([line.completed or 0.0 for line in lines] + [_end(course.failback)])
    there, back = (run.flipped() or ended for run in (course.failover, course.failback))
    return Picture(
        (scene.first, scene.second),
        course.zero,
        ended,
        "Above: which Region was active; red: cut off S3 and DynamoDB. Below, each file: uploaded"
        " (○), worked on (pale: by an attempt that published nothing), mailed (●).",
        [
            Span(scene.first, course.zero, there, "active"),
            Span(scene.second, there, back, "active"),
            Span(scene.first, back, ended, "active"),
            Span(scene.first, course.cut, course.healed, "cut"),
        ],
        [
            Mark(course.cut, "cut"),
            Mark(course.healed, "healed"),
            *_marks(course.failover, "failover"),
            *_marks(course.failback, "failback"),
        ],
        lines,
    )


def _marks(run: Run, name: str) -> list[Mark]:
    words = {"Failover": name, "ReconcileFirst": "first pass", "ReconcileLast": "last pass"}
    return [Mark(step.began, words[step.name]) for step in run.steps if step.name in words]


def _end(run: Run) -> float:
    return max((step.ended or step.began for step in run.steps), default=0.0)


def _line(one: Evidence, course: Course) -> Line:
    completed = epoch(one.row["completed_at"]) if "completed_at" in one.row else None
    now = completed or _end(course.failback)
    bars = [
        Bar(attempt.region, attempt.began, attempt.ended or now, lost=place < len(one.attempts))
        for place, attempt in enumerate(one.attempts, start=1)
    ]
    return Line(_label(one, course), one.uploaded or course.zero, bars, completed)


def _label(one: Evidence, course: Course) -> str:
    """Load, number and size: `1-00003, 25 rows`."""
    load = 1 if one.upload in course.first else 2
    number = one.upload.name.rpartition("-")[2].removesuffix(".csv")
    return f"{load}-{number}, {one.row.get('rows_in', '?')} rows"
