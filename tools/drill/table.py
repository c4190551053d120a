"""What became of each file, as a table for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from tools.drill.evidence import Evidence
from tools.harness.watch import epoch

_HEADINGS = ("file", "rows", "uploaded", "owners", "requeued", "completed", "in", "mails")


def table(files: Sequence[Evidence], zero: float) -> str:
    """One line a file; times are seconds since ``zero`` (epoch)."""
    lines = [_HEADINGS, *(_line(file, zero) for file in files)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(_HEADINGS))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _line(file: Evidence, zero: float) -> tuple[str, ...]:
    row = file.row
    is_completed = row.get("status") == "COMPLETED"
    upload_time = max(file.upload_time - zero, 0)  # S3 has whole seconds
    completed = _seconds(row.get("completed_at"), zero) if is_completed else None
    return (
        file.upload.name,
        str(row.get("rows_in", "?")),
        f"{upload_time:.0f} s" if file.versions else "never",
        " → ".join(attempt.region for attempt in file.attempts) or "none",
        _seconds(row.get("requeued_at"), zero),
        completed or str(row.get("status", "no row")),
        str(row.get("completed_region", "-")) if is_completed else "-",
        str(len(file.mails)),
    )


def _seconds(at: str | None, zero: float) -> str:
    return f"{epoch(at) - zero:.0f} s" if at else "-"
