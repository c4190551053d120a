"""Formats the enriched records of a chunk."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.csv_text import format_row
from common.formulas import neutralise
from common.records import INPUT_COLUMNS, OUTPUT_COLUMNS, Chunk


class ChunkCorrupt(Exception):
    """The records are not those of the chunk, or are not enriched. Permanent."""


def enriched_csv(
    chunk: Chunk,
    enriched: Sequence[Mapping[str, Any]],
    rejected: Sequence[int],
    *,
    is_neutralised: bool,
) -> str:
    """Return the CSV text of the enriched records in the order of their rows, without header.

    A record is `{"row": n, "cells": [one for each of OUTPUT_COLUMNS]}`; `rejected` has the other
    rows. If the text is neutralised, no cell of the input's columns is a formula for a spreadsheet.
    Raises ChunkCorrupt unless every row of the chunk is there once.
    """
    last_row = chunk["first_row"] + chunk["rows"] - 1
    rows = [record["row"] for record in enriched]
    if sorted([*rows, *rejected]) != list(range(chunk["first_row"], last_row + 1)):
        raise ChunkCorrupt(
            f"chunk {chunk['index']}: the records are not rows "
            f"{chunk['first_row']} to {last_row}, each once"
        )
    in_order = sorted(enriched, key=lambda record: record["row"])
    return "".join(format_row(_cells(record, is_neutralised)) for record in in_order)


def _cells(record: Mapping[str, Any], is_neutralised: bool) -> list[str]:
    """Return the cells of a row. The financial ones are our own numbers, also negative ones."""
    cells: list[str] = record.get("cells", [])
    if len(cells) != len(OUTPUT_COLUMNS) or not all(isinstance(cell, str) for cell in cells):
        raise ChunkCorrupt(f"row {record['row']} does not have a text for each column")
    if not is_neutralised:
        return cells
    width = len(INPUT_COLUMNS)
    return [*map(neutralise, cells[:width]), *cells[width:]]
