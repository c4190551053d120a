"""The table that ``make bench`` prints."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence

from tools.benchmarks.throughput import Run

# What a public implementation of such a system reached on moto's own interpreter, with two cores:
# 600 rows, and 3,000 rows in five chunks. Not measured on this machine.
PUBLIC_SMALL, PUBLIC_LARGE = 40.0, 55.0
_WIDTH, _COLUMN = 52, 15
_WORKERS, _OTHER = "workers (sandboxes, Lambda)", "everything else"
# What `localcloud cpu` calls the parts of its process.
_PARTS = {
    "interpreter of state machines": ("interpreter",),
    _WORKERS: ("lambda",),
    "store (DynamoDB, S3)": ("dynamodb", "s3"),
    "gateway (who, what, may it, ledger)": ("gateway",),
    "API Gateway": ("execute-api",),
    "proxy (TLS, HTTP)": ("proxy",),
    _OTHER: (),
}


def table(first: Run, runs: Sequence[Run], plain: Sequence[float]) -> str:
    """One column a file size; ``plain`` is the baseline of each, in records per CPU second."""

    def line(label: str, value: Callable[[Run, float], str]) -> str:
        cells = [value(run, base) for run, base in zip(runs, plain, strict=True)]
        return label.ljust(_WIDTH) + "".join(cell.rjust(_COLUMN) for cell in cells)

    lines = [
        f"\n{platform.python_implementation()} {platform.python_version()}, "
        f"{os.cpu_count()} cores; time scale {os.environ.get('LOCALCLOUD_TIME_SCALE', '0.1')}",
        f"first file after the start ({first.rows} rows, cold): {first.seconds:.1f} s",
        "",
        line("rows", lambda run, _: f"{run.rows:,}"),
        line("seconds, upload to COMPLETED", lambda run, _: f"{run.seconds:.1f}"),
        line("records a second, end to end", lambda run, _: f"{_rate(run):.0f}"),
        line("records a second, from the trigger on", lambda run, _: f"{_processing(run):.0f}"),
        line(
            f"times a public implementation's {PUBLIC_SMALL:.0f} to {PUBLIC_LARGE:.0f} a second",
            lambda run, _: f"{_rate(run) / PUBLIC_LARGE:.1f} to {_rate(run) / PUBLIC_SMALL:.1f}",
        ),
        line("plain loop, records a CPU second", lambda _, base: f"{base:,.0f}"),
        line("CPU a record, times the plain loop's", _times_plain_loop),
        "",
        *_cpu_lines(line, runs),
        "",
        *_call_lines(line, runs),
    ]
    return "\n".join(lines)


def _cpu_lines(
    line: Callable[[str, Callable[[Run, float], str]], str], runs: Sequence[Run]
) -> list[str]:
    if any(run.used is None for run in runs):
        return ["CPU: not measured, there is no /proc here"]

    def per_record(part: str) -> Callable[[Run, float], str]:
        return lambda run, _: f"{getattr(run.used, part) / run.rows * 1000:.2f}"

    return [
        line("CPU ms a record: local cloud's process", per_record("host")),
        line("CPU ms a record: sandboxes", per_record("sandboxes")),
        line("cores busy, of the two together", lambda run, _: f"{_cores(run):.2f}"),
        *(line(f"share of CPU: {part}", _share(part)) for part in _PARTS),
    ]


def _share(part: str) -> Callable[[Run, float], str]:
    return lambda run, _: f"{_seconds(run)[part] / run.used.total:.0%}" if run.used else ""


def _seconds(run: Run) -> dict[str, float]:
    """CPU seconds by part of ``_PARTS``; the sandboxes are workers, too."""
    seconds = {part: sum(run.parts.get(name, 0.0) for name in _PARTS[part]) for part in _PARTS}
    seconds[_WORKERS] += run.used.sandboxes if run.used else 0.0
    named = {name for names in _PARTS.values() for name in names}
    seconds[_OTHER] += sum(s for name, s in run.parts.items() if name not in named)
    return seconds


def _call_lines(
    line: Callable[[str, Callable[[Run, float], str]], str], runs: Sequence[Run]
) -> list[str]:
    """Services with at least one call for ten records, most first."""
    services = sorted(runs[-1].calls, key=lambda service: -runs[-1].calls[service])

    def per_record(service: str) -> Callable[[Run, float], str]:
        return lambda run, _: f"{run.calls[service] / run.rows:.2f}"

    return [
        line(f"API calls a record: {service}", per_record(service))
        for service in services
        if runs[-1].calls[service] / runs[-1].rows >= 0.1
    ]


def _times_plain_loop(run: Run, base: float) -> str:
    return f"{run.used.total / run.rows * base:.0f}" if run.used else "-"


def _rate(run: Run) -> float:
    return run.rows / run.seconds


def _processing(run: Run) -> float:
    return run.rows / run.processing


def _cores(run: Run) -> float:
    return run.used.total / run.seconds if run.used else 0.0
