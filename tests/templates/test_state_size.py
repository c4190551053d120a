"""A chunk fits into the state of its workflow, from the reader to the writer, whatever is in it."""

from __future__ import annotations

import heapq
import json
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from localcloud.testing import evaluate

from common.csv_lines import lines
from common.csv_rows import rows
from common.csv_text import format_row
from common.financial_values import MAX_LENGTH
from common.records import FINANCIAL_ATTRIBUTES, INPUT_COLUMNS, Record, RejectedRecord, reject
from common.visible_text import visible
from enricher.enrichment import enrich
from reader.chunk_records import chunk_records
from splitter.chunking import ChunkBuilder, chunks
from tests.templates.loading import read_template, states
from tests.unit.samples import HEADER, RECORD
from tools.limits.sources import makefile_settings
from validator.apply_rules import rejection_reasons
from validator.hidden_characters import hidden_characters
from validator.rule_types import Rule
from validator.rules import RULES

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
STATE_BYTES = 262_144
# What Step Functions puts beside the result of a function or an API: status and headers.
METADATA_BYTES = 2048
PARAMETERS = read_template("templates/batch.yaml")["Parameters"]
MOST_RECORDS, MOST_BYTES, MOST_PER_CALL = (
    PARAMETERS[name]["MaxValue"] for name in ("ChunkRecords", "ChunkBytes", "RecordsPerCall")
)
MACHINE = states("chunk-processor")
NO_RULES: Sequence[Rule] = ()


def item_of(number: str, units: str) -> dict[str, Any]:
    item = {name: {"N": number} for name in FINANCIAL_ATTRIBUTES.values()}
    return item | {"unitsSold": {"N": units}}


# Items of the financial table: with the longest numbers, and with the longest reasons.
LONGEST = item_of(f"-{'9' * 38}", "1E+41")
WRONG = item_of(f"-{'9' * 38}E-129", f"-{'9' * 38}E-129")


class Sizes(NamedTuple):
    """Bytes of JSON: of the whole chunk in the largest state, and of a call in the largest."""

    chunk: int
    call: int


def sizes(chunk: ChunkBuilder, rules: Sequence[Rule], item: Any, records_per_call: int) -> Sizes:
    """Run the chunk as the Chunk Processor does, with this item for every uuid."""
    entry: Any = {"index": 10**6, "key": "k" * 150, "offset": 10**7, "size": 10**6}
    entry |= {"first_row": chunk.first_row, "first_line": chunk.first_line, "rows": chunk.rows}
    records = chunk_records(entry, b"".join([HEADER.encode(), b"\n", *chunk.lines]))
    partition = MACHINE["Process messages"]["Items"]
    partition = partition.replace("${RecordsPerCall}", str(records_per_call))
    calls = evaluate(partition, {"input": records})
    largest_call, groups = 0, []
    for call in calls:
        *results, group = _call_states(call, rules, item)
        largest_call = max(largest_call, *map(json_bytes, results))
        groups.append(group)
    write = MACHINE["Write output file"]["Arguments"]["Payload"]
    payload = evaluate(write, {"input": groups}, attempt_id="a" * 65, chunk=entry)
    assert len(payload["groups"]) == len(calls)
    return Sizes(max(json_bytes({"records": records}), json_bytes(payload)), largest_call)


def _call_states(records: list[Record], rules: Sequence[Rule], item: Any) -> Iterator[Any]:
    """Yield what the functions and states return for the records of one call."""
    checked = _validate(records, rules)
    yield checked
    state: Any = checked
    if checked["valid"]:
        items = {record["fields"]["uuid"]: item for record in checked["valid"] if item}
        result = {"ResponseBody": enrich(checked["valid"], items)}
        yield result
        output = MACHINE["Get Financial Data"]["Output"]
        state = evaluate(output, {"input": checked, "result": result})
        yield state
    stored = [record["row"] for record in state["rejected"]]
    output = MACHINE["Store rejected records"]["Output"]
    yield evaluate(output, {"input": state, "result": stored})


def _validate(records: list[Record], rules: Sequence[Rule]) -> Any:
    valid: list[Record] = []
    rejected: list[RejectedRecord] = []
    for record in records:
        if reasons := rejection_reasons(record, rules):
            rejected.append(reject(record, reasons))
        else:
            valid.append(record)
    return {"valid": valid, "rejected": rejected}


def json_bytes(value: Any) -> int:
    """Return its size as Lambda writes it, with spaces, which Step Functions leaves out."""
    return len(json.dumps(value, ensure_ascii=False).encode())


def split(data: bytes, max_rows: int, max_bytes: int) -> list[ChunkBuilder]:
    return list(chunks(rows(lines([data]), ","), ",", max_rows, max_bytes))


# No NUL and no spaces alone: such rows are blank, and are not counted.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
wide_rows = st.lists(texts, min_size=7, max_size=7).map(lambda cells: ["x", *cells])
odd_rows = st.lists(texts, min_size=1, max_size=12).map(lambda cells: ["x", *cells])
csv_rows = st.one_of(wide_rows, odd_rows).map(format_row)
# One that is malformed: its quote is closed on the same line, so it takes no other row with it.
stray_quotes = st.text(st.characters(exclude_categories=["Cs"], exclude_characters='"\r\n'))
raw_rows = st.one_of(csv_rows, stray_quotes.map(lambda text: f'"x"y{text}\r\n'))


@given(
    st.lists(raw_rows, min_size=1, max_size=40),
    st.sampled_from([RULES, NO_RULES]),
    st.sampled_from([LONGEST, WRONG, None]),
    st.integers(1, MOST_PER_CALL),
)
def test_no_chunk_is_longer_than_the_splitter_has_counted(
    table: list[str], rules: Sequence[Rule], item: Any, records_per_call: int
) -> None:
    data = "".join(table).encode()
    for chunk in split(data, 200, 8192):
        assert sizes(chunk, rules, item, records_per_call).chunk <= chunk.size <= 8192


HIDDEN = "\u200b\u200c\u2060\ufeff\u00ad\u202e"
KINDS_OF_ROWS = {
    "ordinary": ",".join(RECORD.values()),
    "without values": "1" + "," * 7,
    "too short": "1",
    "text after a quote": '"1"2' + "," * 7,
    "of letters of three bytes": ",".join(["1", *["日本" * 10] * 7]),
    "of quotes": ",".join(["1", *['"' * 60] * 7]),
    "of backslashes": ",".join(["1", *["\\" * 30] * 7]),
    "of control characters": ",".join(["1", *["\1\2" * 30] * 7]),
    "of hidden characters": ",".join([f" {HIDDEN} "] * 8),
    "long, of hidden characters": ",".join([f" {HIDDEN} " + "x" * 2975] * 8),
    "longer, of hidden characters": ",".join([f" {HIDDEN} " + "x" * 7000] * 8),
    "longer than a row may be": ",".join(["\1" * 3000] * 8),
}


@pytest.mark.parametrize("records_per_call", [1, MOST_PER_CALL])
@pytest.mark.parametrize("row", KINDS_OF_ROWS.values(), ids=KINDS_OF_ROWS)
def test_the_largest_chunk_fits_into_state_whatever_becomes_of_its_rows(
    row: str, records_per_call: int
) -> None:
    """Enriched with the longest numbers, rejected by the enricher, or by the rules."""
    chunk, *_ = split(f"{row}\r\n".encode() * MOST_RECORDS, MOST_RECORDS, MOST_BYTES)
    for rules, item in ((NO_RULES, LONGEST), (NO_RULES, WRONG), (RULES, None)):
        largest = max(sizes(chunk, rules, item, records_per_call))
        assert largest + METADATA_BYTES <= STATE_BYTES


def test_the_longest_values_have_as_many_digits_as_a_value_may_have() -> None:
    columns = enrich([{"row": 1, "line": 2, "fields": RECORD}], {RECORD["uuid"]: LONGEST})
    cells = columns["enriched"][0]["cells"][len(INPUT_COLUMNS) :]
    assert {len(cell) for cell in cells} == {MAX_LENGTH}


def test_records_of_a_call_that_are_all_rejected_with_all_reasons_fit_into_state() -> None:
    """The splitter counts a quarter more for long rows; what else a row has is counted, too."""
    names = 400
    values = MOST_BYTES * 4 // 5
    assert values + MOST_PER_CALL * (names + longest_reasons()) + METADATA_BYTES <= STATE_BYTES


def test_an_ordinary_chunk_has_as_many_records_as_the_default_says() -> None:
    """The benchmark's rows have 82 bytes, those of the sample 79."""
    settings = makefile_settings()
    records = int(settings.chunk_records)
    row = ("x" * 75 + "," * 7 + "\r\n").encode()
    (chunk,) = split(row * records, records, int(settings.chunk_bytes))
    assert chunk.rows == records


@cache
def longest_reasons() -> int:
    """Return the bytes of every rule's reason, and of the longest ones for hidden characters."""
    text = " " + "".join(longest_names(6)) + " "
    reasons = [rule.reason for rule in RULES]
    reasons += hidden_characters(dict.fromkeys(INPUT_COLUMNS, text))
    return len(json.dumps({"reasons": reasons}))


def longest_names(count: int) -> list[str]:
    """Return the hidden characters with the longest names."""
    hidden = (chr(code) for code in range(sys.maxunicode + 1) if visible(chr(code)) != chr(code))
    return heapq.nlargest(count, hidden, key=lambda each: len(unicodedata.name(each, "")))
