"""A chunk's bytes to its records."""

import csv

from common import csv_text as csvtext
from common.records import Chunk, Record, make_record


class ChunkCorrupt(Exception):
    """The stored chunk is not what the splitter wrote. Permanent."""


def read(chunk: Chunk, body: bytes) -> list[Record]:
    """The records, numbered on from the chunk's first row; malformed ones say so.

    Raises ChunkCorrupt if they are not as many as the manifest says, or not our CSV.
    """
    try:
        rows = list(csvtext.rows(body.decode()))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ChunkCorrupt(f"chunk {chunk['index']}: {error}") from None
    if len(rows) != chunk["rows"]:
        raise ChunkCorrupt(
            f"chunk {chunk['index']} has {len(rows)} rows where {chunk['rows']} are expected"
        )
    return [make_record(number, row) for number, row in enumerate(rows, start=chunk["first_row"])]
