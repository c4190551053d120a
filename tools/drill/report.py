"""A drill in words and as a picture."""

from __future__ import annotations

from collections.abc import Sequence

from tools.drill.evidence import Evidence
from tools.drill.recovery import Recovery, recovery, scale
from tools.drill.runbook import Execution
from tools.drill.scenario import Scenario
from tools.drill.timeline import Bar, Line, Mark, Picture, Span
from tools.harness.watch import epoch

_NOTE = (
    "Above: which Region was active; red: cut off S3 and DynamoDB. Below, each file: uploaded (○),"
    " worked on (pale: by an attempt that published nothing), mailed (●)."
)


def recovery_text(scenario: Scenario, files: Sequence[Evidence]) -> str:
    """How long the recovery took, in AWS minutes, and how that is known."""
    stranded = _stranded(scenario, files)
    last = max(stranded, key=lambda item: item.most, default=None)
    waited = last.waited if last else 0.0
    speed = 1 / scale(scenario.failover.steps)
    second = scenario.environment.second
    return "\n".join(
        [
            "From the cut, in AWS time:",
            f"  {_new_files(scenario, files) or 'never'} until the first new file ran in {second}",
            f"  {last or 'never'} until the last of {len(stranded)} stranded files was mailed",
            f"The runbook's waits count as declared ({waited:.0f} min of it; here they ran at"
            f" 1/{speed:.0f}).",
            "All else is work, at this machine's speed, mixed with waits that cannot be told apart"
            " (TTL, retries,",
            "replicas): the first number takes it as it was, the second as if all of it had been"
            " waiting.",
        ]
    )


def _new_files(scenario: Scenario, files: Sequence[Evidence]) -> Recovery | None:
    """The recovery of those that never ran in the first Region."""
    starts = [
        attempt.start
        for file in files
        for attempt in file.attempts
        if attempt.region == scenario.environment.second and "requeued_at" not in file.row
    ]
    if not starts:
        return None
    return recovery(scenario.cut, min(starts), min(starts), scenario.failover.steps)


def _stranded(scenario: Scenario, files: Sequence[Evidence]) -> list[Recovery]:
    """The recovery of each file that the runbook handed over, and that was completed."""
    return [
        recovery(
            scenario.cut,
            file.attempts[-1].start,
            epoch(file.row["completed_at"]),
            scenario.failover.steps,
        )
        for file in files
        if file.attempts and "requeued_at" in file.row and "completed_at" in file.row
    ]


def picture(scenario: Scenario, files: Sequence[Evidence]) -> Picture:
    """Both Regions and every file, from the first upload to the last mail."""
    first, second = scenario.environment.first, scenario.environment.second
    lines = [_line(file, scenario) for file in files]
    end = max([line.completed or 0.0 for line in lines] + [_end(scenario.failback)])
    failover = scenario.failover.flip_time() or end
    failback = scenario.failback.flip_time() or end
    return Picture(
        (first, second),
        scenario.zero,
        end,
        _NOTE,
        [
            Span(first, scenario.zero, failover, "active"),
            Span(second, failover, failback, "active"),
            Span(first, failback, end, "active"),
            Span(first, scenario.cut, scenario.healed, "cut"),
        ],
        [
            Mark(scenario.cut, "cut"),
            Mark(scenario.healed, "healed"),
            *_marks(scenario.failover, "failover"),
            *_marks(scenario.failback, "failback"),
        ],
        lines,
    )


def _marks(execution: Execution, name: str) -> list[Mark]:
    texts = {"Failover": name, "ReconcileFirst": "first pass", "ReconcileLast": "last pass"}
    return [Mark(step.start, texts[step.name]) for step in execution.steps if step.name in texts]


def _end(execution: Execution) -> float:
    return max((step.end or step.start for step in execution.steps), default=0.0)


def _line(file: Evidence, scenario: Scenario) -> Line:
    completed = epoch(file.row["completed_at"]) if "completed_at" in file.row else None
    end = completed or _end(scenario.failback)
    last = len(file.attempts)
    bars = [
        Bar(attempt.region, attempt.start, attempt.end or end, is_published=number == last)
        for number, attempt in enumerate(file.attempts, start=1)
    ]
    return Line(_label(file, scenario), file.upload_time or scenario.zero, bars, completed)


def _label(file: Evidence, scenario: Scenario) -> str:
    """Load, number and size: `1-00003, 25 rows`."""
    load = 1 if file.upload in scenario.first_load else 2
    number = file.upload.name.rpartition("-")[2].removesuffix(".csv")
    return f"{load}-{number}, {file.row.get('rows_in', '?')} rows"
