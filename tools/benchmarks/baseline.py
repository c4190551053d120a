"""The same work on each record without a cloud: the product's own pure functions in a loop.

It reads a row, applies every rule, looks up the financial data by uuid (in a dict instead of a
table), passes JSON to and from the enricher, and writes the line of output. What a run takes beyond
this is what calls, processes and state machines cost.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.harness.shell import FINANCIAL_DATA, ROOT

_FUNCTIONS = str(ROOT / "functions")


def records_per_cpu_second(file: Path) -> float:
    """By CPU time, since other processes make the clock on the wall run faster."""
    items = _items()
    with file.open(newline="", encoding="utf-8-sig") as stream:
        rows = [row for row in csv.reader(stream) if row][1:]
    start = time.process_time()
    lines = _process(rows, items)
    seconds = time.process_time() - start
    if not lines:
        raise ValueError(f"nothing in {file} is a good record")
    return len(rows) / seconds


def _process(rows: Sequence[list[str]], items: dict[str, dict[str, Any]]) -> int:
    """Return how many lines were written."""
    if _FUNCTIONS not in sys.path:
        sys.path.insert(0, _FUNCTIONS)
    from common.records import INPUT_COLUMNS, Chunk
    from enricher.enrichment import enrich
    from enricher.request import requested_records
    from validator.apply_rules import rejection_reasons
    from validator.rules import RULES
    from writer.enriched_csv import enriched_csv

    lines = 0
    for number, row in enumerate(rows, start=1):
        if len(row) != len(INPUT_COLUMNS):
            continue
        record = {"row": number, "line": 0, "fields": dict(zip(INPUT_COLUMNS, row, strict=True))}
        if rejection_reasons(record, RULES):
            continue
        records = requested_records({"body": json.dumps({"records": [record]})})
        enriched = json.loads(json.dumps(enrich(records, items)["enriched"]))
        if not enriched:
            continue
        chunk: Chunk = {
            "index": 0,
            "key": "",
            "offset": 0,
            "size": 0,
            "first_row": number,
            "first_line": 0,
            "rows": 1,
        }
        lines += bool(enriched_csv(chunk, enriched, [], is_neutralised=False))
    return lines


def _items() -> dict[str, dict[str, Any]]:
    """As DynamoDB returns them."""
    with FINANCIAL_DATA.open(newline="", encoding="utf-8") as stream:
        return {
            row["uuid"]: {name: {"N": value} for name, value in row.items() if name != "uuid"}
            for row in csv.DictReader(stream)
        }
