"""What stands in a file of a plan."""

from __future__ import annotations

from random import Random

from tests.e2e.files import known_uuids, row, text
from tests.resilience.plan import File

MOST_ROWS = 40


def contents(seed: int, file: File) -> bytes:
    """CSV with so many rows, of which so many break a rule, are malformed or unknown."""
    chance = Random(f"{seed}-{file.number}")  # noqa: S311 - the point is that it can be repeated
    rows = [row(uuid, f"Land {chance.randrange(10**6)}") for uuid in known_uuids(file.rows)]
    for index in chance.sample(range(file.rows), file.rejects):
        rows[index] = chance.choice([row("12"), row("000000000"), rows[index][:5]])
    return text(rows).encode()
