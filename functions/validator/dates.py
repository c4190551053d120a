"""Dates as the input files have them: M/D/YYYY or M/D/YY."""

import re
from datetime import date

PATTERN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}|[0-9]{2})")


def parse(text: str) -> date | None:
    """Return the date, or None if it is none. `5/28/2010`, `05/28/2010`, `5/28/10` are one day."""
    match = PATTERN.fullmatch(text)
    if not match:
        return None
    month, day, year = match.groups()
    try:
        return date(_full_year(year), int(month), int(day))
    except ValueError:
        return None


def _full_year(year: str) -> int:
    """Give a year of two digits its century as Excel does: 00 to 29 is 20xx, 30 to 99 is 19xx.

    https://support.microsoft.com/en-us/office/change-the-date-system-format-or-two-digit-year-interpretation-aaa2159b-4ae8-4651-8bce-d4707bc9fb9f
    """
    if len(year) == 4:
        return int(year)
    return int(year) + (2000 if int(year) <= 29 else 1900)
