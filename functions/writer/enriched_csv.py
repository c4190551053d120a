"""Enriched records to the text of an enriched chunk."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.csv_text import line
from common.records import OUTPUT_COLUMNS, Chunk


class ChunkCorrupt(Exception):
    """The records are not those of the chunk, or not enriched. Permanent."""


def enriched_text(chunk: Chunk, records: Sequence[Mapping[str, Any]]) -> tuple[str, int]:
    """The CSV text, without header, and its number of rows.

    A record is `{"row": n, "fields": {fourteen}}` or `{"row": n, "rejected": true}`.
    Raises ChunkCorrupt unless every row of the chunk is there once and in order.
    """
    expected = list(range(chunk["first_row"], chunk["first_row"] + chunk["rows"]))
    if [record.get("row") for record in records] != expected:
        raise ChunkCorrupt(
            f"chunk {chunk['index']}: the records are not rows "
            f"{chunk['first_row']} to {chunk['first_row'] + chunk['rows'] - 1} in order"
        )
    kept = [record for record in records if not record.get("rejected")]
    return "".join(_line(record) for record in kept), len(kept)


def _line(record: Mapping[str, Any]) -> str:
    fields = record.get("fields", {})
    lacking = [name for name in OUTPUT_COLUMNS if not isinstance(fields.get(name), str)]
    if lacking:
        raise ChunkCorrupt(f"row {record['row']} lacks {', '.join(lacking)}")
    return line([fields[name] for name in OUTPUT_COLUMNS])
