"""Formats the enriched records of a chunk."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.csv_text import format_row
from common.records import OUTPUT_COLUMNS, Chunk


class ChunkCorrupt(Exception):
    """The records are not those of the chunk, or are not enriched. Permanent."""


def enriched_csv(chunk: Chunk, records: Sequence[Mapping[str, Any]]) -> tuple[str, int]:
    """Return the CSV text, without header, and its number of rows.

    A record is `{"row": n, "fields": {all output columns}}` or `{"row": n, "rejected": true}`.
    Raises ChunkCorrupt unless every row of the chunk is there once and in order.
    """
    last_row = chunk["first_row"] + chunk["rows"] - 1
    expected = list(range(chunk["first_row"], last_row + 1))
    if [record.get("row") for record in records] != expected:
        raise ChunkCorrupt(
            f"chunk {chunk['index']}: the records are not rows "
            f"{chunk['first_row']} to {last_row} in order"
        )
    enriched = [record for record in records if not record.get("rejected")]
    return "".join(_format(record) for record in enriched), len(enriched)


def _format(record: Mapping[str, Any]) -> str:
    fields = record.get("fields", {})
    missing = [name for name in OUTPUT_COLUMNS if not isinstance(fields.get(name), str)]
    if missing:
        raise ChunkCorrupt(f"row {record['row']} lacks {', '.join(missing)}")
    return format_row([fields[name] for name in OUTPUT_COLUMNS])
