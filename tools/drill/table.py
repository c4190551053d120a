"""What became of each file, as a table for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tools.drill.evidence import Evidence

_HEADINGS = ("file", "rows", "uploaded", "owners", "requeued", "completed", "in", "mails")


def table(evidence: Sequence[Evidence], zero: float) -> str:
    """One line a file; times are seconds since ``zero`` (epoch)."""
    lines = [_HEADINGS, *(_line(one, zero) for one in evidence)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(_HEADINGS))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def epoch(text: str) -> float:
    """Of an ISO 8601 time, as rows hold them."""
    return datetime.fromisoformat(text).timestamp()


def _line(one: Evidence, zero: float) -> tuple[str, ...]:
    row = one.row
    done = row.get("status") == "COMPLETED"
    return (
        one.upload.name,
        str(row.get("rows_in", "?")),
        f"{max(one.uploaded - zero, 0):.0f} s" if one.versions else "never",  # S3 has whole seconds
        " → ".join(attempt.region for attempt in one.attempts) or "none",
        _seconds(row.get("requeued_at"), zero),
        _seconds(row.get("completed_at"), zero) if done else str(row.get("status", "no row")),
        str(row.get("completed_region", "-")) if done else "-",
        str(len(one.mails)),
    )


def _seconds(at: str | None, zero: float) -> str:
    return f"{epoch(at) - zero:.0f} s" if at else "-"
