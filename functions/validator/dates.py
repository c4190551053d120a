"""Dates as the input files write them: M/D/YYYY."""

import re
from datetime import date

PATTERN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def parse(text: str) -> date | None:
    """The date, or None if it is not one. `5/28/2010` and `05/28/2010` are the same day."""
    found = PATTERN.fullmatch(text)
    if not found:
        return None
    month, day, year = map(int, found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None
