"""Nothing is lost, nothing doubled, and the order kept, whatever the bytes of a file are.

`make fuzz` tries CASES=10000 files. A file that fails belongs into corpus/, under a name that says
what it has.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from common import csv_lines, csv_rows, stored_object
from common.formulas import neutralise
from common.input_refused import InputRefused
from common.records import INPUT_COLUMNS
from splitter import packing, split
from tests.pipeline.oracle import LONG, expected
from tests.pipeline.pipeline import Outcome, process

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.csv"))
CASES = int(os.environ.get("FUZZ_CASES", "400"))
# How the cause of each documented refusal begins (docs/architecture.md).
REFUSALS = (
    "A quote on line ",
    "Each line stands in quotes",
    "The columns are not separated by",
    "The columns in line ",
    "The file ends in the middle of a character.",
    "The file has a header and no rows.",
    "The file has no header",
    "The file is ",
    "The header stands in line ",
    "The letters of the file are not written as UTF-8",
)
DELIMITERS = (b",", b";", b"\t", b"|")
LINE_ENDS = (b"\n", b"\r\n", b"\r")
PIECES = [
    *(
        b'"',
        b'""',
        b'",',
        b',"',
        b'\\"',
        b"\n",
        b"\r",
        b"\r\n",
        b" ",
        b"\0",
        b"\x1a",
        b"x",
        b",",
        b";",
    ),
    *(
        b"\xef\xbb\xbf",
        b",,,,,,,",
        b"=1+1",
        "日本".encode(),
        b"\xf4",
        b"\xe6\x97",
        b"x" * (LONG + 50),
    ),
    *(b'5,"Peru,a,b,c,d,e,f', b'6,a",b,c,d,e,f,g', b"1,2,3,4,5,6,7,8", b'1,"a\nb",3,4,5,6,7,8\n'),
]

words = st.text(st.sampled_from("ab Z9-'é日"), max_size=6).map(str.encode)
cells = words | st.sampled_from([b'"a,b"', b'"a""b"', b'"a\nb"', b'5"', b"=1+1", b'""', b" x "])
good_rows = st.lists(cells, min_size=8, max_size=8)
any_rows = st.lists(cells | st.sampled_from(PIECES), max_size=11)
wild = st.lists(words | st.sampled_from(PIECES), max_size=12).map(b"".join)


@st.composite
def bodies(draw: st.DrawFn, delimiter: bytes) -> bytes:
    """Rows, most of them good, with wild bytes between."""
    row = st.one_of(good_rows, good_rows, any_rows).map(delimiter.join)
    pieces = draw(st.lists(st.one_of(row, row, row, wild), max_size=12))
    return b"".join(piece + draw(st.sampled_from(LINE_ENDS)) for piece in pieces)


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, bytes, bytes]:
    """Return the bytes up to the body, the body, and the delimiter."""
    delimiter = draw(st.sampled_from(DELIMITERS))
    title = draw(st.sampled_from([b"", b"", b"sep=;\n", b"Sales\r\n\r\n", b"\xef\xbb\xbf"]))
    header = delimiter.join(name.encode() for name in INPUT_COLUMNS)
    end = draw(st.sampled_from([b"\n", b"\r\n", delimiter + b"\n"]))
    return title + header + end, draw(bodies(delimiter)), delimiter


def compare(
    beginning: bytes,
    body: bytes,
    delimiter: bytes,
    chunk_records: int,
    block_size: int,
    chunks_a_call: int,
) -> None:
    """Compare what the functions make of a file with what the oracle says."""
    wanted = expected(body, delimiter, beginning.count(b"\n") + 1)
    outcome = outcome_of(beginning + body, chunk_records, block_size, chunks_a_call)
    assert (outcome is None) == wanted.is_refused
    if outcome is None:
        return
    assert [row[:8] for row in outcome.out] == wanted.out
    places = [(int(reject["row"]), int(reject["line"])) for reject in outcome.rejects]
    assert places == [(reject.row, reject.line) for reject in wanted.rejects]
    for reject, wanted_reject in zip(outcome.rejects, wanted.rejects, strict=True):
        if wanted_reject.raw is not None:
            assert reject["raw"] == neutralise(wanted_reject.raw.decode())


def is_defined(line: bytes) -> bool:
    """Where exactly a long line is cut is no promise, nor whether what is cut off is UTF-8."""
    is_utf8 = line.decode(errors="ignore").encode() == line
    return len(line) < LONG - 3 or (len(line) > LONG + 9 and is_utf8)


def outcome_of(
    data: bytes, chunk_records: int, block_size: int, chunks_a_call: int = 1000
) -> Outcome | None:
    """Return None if the file is refused, which is for one of the documented reasons."""
    with pytest.MonkeyPatch.context() as patch:
        # The first block tells what a file is. The others cut lines and characters.
        patch.setattr(split, "BEGINNING_BYTES", 1000)
        patch.setattr(stored_object, "RANGE_BYTES", block_size)
        patch.setattr(packing, "PACK_BYTES", 300)
        try:
            return process(data, chunk_records, chunks_a_call)
        except InputRefused as refusal:
            cause = str(refusal)
    assert cause.startswith(REFUSALS)
    return None


@pytest.fixture(autouse=True)
def _short_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rows be too long early, so that small files have such rows."""
    monkeypatch.setattr(csv_lines, "ROW_BYTES", LONG)
    monkeypatch.setattr(csv_lines, "_KEPT_BYTES", LONG + 4)
    monkeypatch.setattr(csv_rows, "ROW_BYTES", LONG)


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(files(), st.integers(1, 5), st.integers(1, 3000), st.integers(1, 9))
def test_every_row_comes_out_or_is_rejected_once_and_in_order(
    file: tuple[bytes, bytes, bytes], chunk_records: int, block_size: int, chunks_a_call: int
) -> None:
    beginning, body, delimiter = file
    assume(all(map(is_defined, body.splitlines())))
    compare(beginning, body, delimiter, chunk_records, block_size, chunks_a_call)


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300) | wild, st.integers(1, 3000))
def test_bytes_of_any_kind_are_refused_in_our_words_or_processed(
    data: bytes, block_size: int
) -> None:
    outcome_of(data, 3, block_size)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_file_of_the_corpus_is_read_as_the_oracle_reads_it(path: Path) -> None:
    header, end, body = path.read_bytes().partition(b"\n")
    compare(header + end, body, b",", 2, 7, 1)
