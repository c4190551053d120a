"""ISO 8601 durations as FIS and Systems Manager write them, such as ``PT15M``."""

import re

_DURATION = re.compile(
    r"^P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?$"
)
_UNITS = {"weeks": 604800, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}


def parse_duration(text: object) -> float | None:
    """AWS seconds; None if it is no duration, or has years or months, which vary."""
    match = _DURATION.match(text) if isinstance(text, str) else None
    if match is None or str(text)[-1] in "PT":
        return None
    return sum(float(value) * _UNITS[unit] for unit, value in match.groupdict().items() if value)
