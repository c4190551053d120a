"""How long ago something was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def age_text(time: datetime) -> str:
    """Return the age as `0:02:05`."""
    return str(timedelta(seconds=int((datetime.now(UTC) - time).total_seconds())))
