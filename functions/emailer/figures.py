"""Numbers, sizes, times and durations in the words of a mail."""


def count(number: int, noun: str) -> str:
    """Return `1 row` or `10,000 rows`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def size(number: int) -> str:
    """Return a number of bytes in the largest unit that fits: `1.2 MB (1,234,567 bytes)`."""
    for unit, length in (("GB", 10**9), ("MB", 10**6), ("kB", 1000)):
        if number >= length:
            return f"{number / length:.1f} {unit} ({number:,} bytes)"
    return count(number, "byte")


def time(timestamp: str) -> str:
    """Return a time of the state table to the second: `2026-01-31 23:59:59 UTC`."""
    return f"{timestamp[:10]} {timestamp[11:19]} UTC"


def duration(seconds: int) -> str:
    """Return the duration in its largest whole unit: `90 minutes`, `12 hours`."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length and seconds % length == 0:
            return count(seconds // length, unit)
    return count(seconds, "second")
