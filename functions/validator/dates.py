"""Dates as the input files have them: M/D/YYYY."""

import re
from datetime import date

PATTERN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def parse(text: str) -> date | None:
    """Return the date, or None if it is none. `5/28/2010` and `05/28/2010` are the same day."""
    match = PATTERN.fullmatch(text)
    if not match:
        return None
    month, day, year = map(int, match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None
