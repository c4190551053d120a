"""A merge that takes several calls, some of which die, gives what one call gives."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from common import keys, upload
from common.enriched_chunk import join_chunk
from merger import merge
from merger.merge import Merger, MergeResult, SplitInput, Unfinished
from tests.pipeline.pipeline import ATTEMPT, BUCKET, KEY, is_up_after
from tests.pipeline.storage import Storage
from tests.pipeline.test_pipeline import CASES

OUTPUT, REJECTS = keys.output(ATTEMPT, KEY), keys.rejects(ATTEMPT, KEY)


class Died(Exception):
    """The call ended in the middle."""


# Of each row of each chunk: whether it is rejected.
tables = st.lists(st.lists(st.booleans(), min_size=1, max_size=4), min_size=1, max_size=12)


def prepared(table: list[list[bool]]) -> tuple[Any, SplitInput]:
    """Return a storage with the enriched chunks, and what is merged."""
    storage, numbers, manifest = Storage(), itertools.count(1), b""
    for index, rows in enumerate(table):
        numbered = [(next(numbers), is_rejected) for is_rejected in rows]
        rejected = [number for number, is_rejected in numbered if is_rejected]
        text = "".join(f"{number},x\r\n" for number, is_rejected in numbered if not is_rejected)
        storage.objects[keys.enriched(ATTEMPT, index)] = join_chunk(rejected, text)
        chunk_key = keys.rejects_of_chunk(ATTEMPT, index)
        storage.rejects[chunk_key] = [reject(number) for number in rejected]
        manifest += json.dumps({"index": index}).encode() + b"\n"
    storage.objects[keys.manifest(ATTEMPT)] = manifest
    return storage, SplitInput(ATTEMPT, KEY, keys.manifest(ATTEMPT), sum(map(len, table)))


def reject(number: int) -> dict[str, Any]:
    return {
        "row": {"N": str(number)},
        "line": {"N": str(number)},
        "reasons": {"L": [{"S": "é" * (number % 30)}]},
    }


def outcome(storage: Storage, result: MergeResult | Unfinished) -> list[Any]:
    return [result, storage.objects[OUTPUT], storage.objects.get(REJECTS)]


def dying_at(request: int) -> Callable[[], None]:
    def die() -> None:
        raise Died

    return at_request(request, die)


def at_request(number: int, function: Callable[[], None]) -> Callable[[], None]:
    """Return a `before_request` that calls the function at that request."""
    requests = itertools.count()

    def before_request() -> None:
        if next(requests) == number:
            function()

    return before_request


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "PART_BYTES", 40)
    # One reader, so that it is certain which request is the one that fails.
    monkeypatch.setattr(merge, "READERS", 1)


@settings(max_examples=CASES, deadline=None)
@given(tables, st.lists(st.tuples(st.integers(1, 5), st.integers(0, 40)), max_size=12))
def test_calls_that_stop_or_die_anywhere_give_the_bytes_of_one_call(
    table: list[list[bool]], calls: list[tuple[int, int]]
) -> None:
    """A call merges some chunks, and may die at a request; then it is repeated, as a retry is."""
    once, source = prepared(table)
    whole = Merger(once, once, BUCKET, "errors").merge(source, None, lambda: False)
    storage, _ = prepared(table)
    merger = Merger(storage, storage, BUCKET, "errors")
    checkpoint: str | None = None
    for chunks, request in [*calls, (1000, -1)]:
        storage.before_request = dying_at(request)
        try:
            result = merger.merge(source, checkpoint, is_up_after(chunks))
        except Died:
            continue
        if "checkpoint" not in result:
            assert outcome(storage, result) == outcome(once, whole)
            return
        checkpoint = result["checkpoint"]
    raise AssertionError("the last call did not finish")


class ForgottenCall:
    """A call that stands still at a request, so that Step Functions takes it for lost.

    It may die some requests after that.
    """

    def __init__(
        self, merger: Any, call: tuple[Any, ...], stands_still_at: int, dies_after: int
    ) -> None:
        self._goes_on, self._stands_still = threading.Event(), threading.Event()
        self._dies = dying_at(dies_after)
        self._requests = itertools.count()
        self._stands_still_at = stands_still_at
        storage = merger.s3.second_client()
        storage.before_request = self._before_request
        merger = Merger(storage, storage, BUCKET, "errors")
        self._thread = threading.Thread(target=self._call, args=(merger, *call))
        self._thread.start()
        self._stands_still.wait()

    def go_on(self) -> None:
        """Let it go on, and wait for its end."""
        self._goes_on.set()
        self._thread.join()

    def _call(self, merger: Merger, *call: Any) -> None:
        with suppress(Died, ClientError):
            merger.merge(*call)
        self._stands_still.set()

    def _before_request(self) -> None:
        number = next(self._requests)
        if number == self._stands_still_at:
            self._stands_still.set()
            self._goes_on.wait()
        if number >= self._stands_still_at:
            self._dies()


@settings(max_examples=CASES, deadline=None)
@given(
    tables,
    st.lists(st.integers(1, 5), max_size=5),
    st.integers(0, 5),
    st.tuples(st.integers(1, 5), st.integers(0, 40), st.integers(0, 60)),
    st.integers(0, 60),
)
def test_a_call_that_still_runs_beside_its_repetition_changes_no_byte(
    table: list[list[bool]],
    calls: list[int],
    first_calls: int,
    forgotten_call: tuple[int, int, int],
    goes_on_at: int,
) -> None:
    """After the first calls, one is forgotten; it goes on during one of the later calls."""
    once, source = prepared(table)
    whole = Merger(once, once, BUCKET, "errors").merge(source, None, lambda: False)
    storage, _ = prepared(table)
    merger = Merger(storage, storage, BUCKET, "errors")
    chunks, *requests = forgotten_call
    result: Any = {"checkpoint": None}
    for chunks_a_call in calls[:first_calls]:
        if "checkpoint" in result:
            result = merger.merge(source, result["checkpoint"], is_up_after(chunks_a_call))
    assume("checkpoint" in result)
    forgotten = ForgottenCall(
        merger, (source, result["checkpoint"], is_up_after(chunks)), *requests
    )
    storage.before_request = at_request(goes_on_at, forgotten.go_on)
    for chunks_a_call in [*calls[first_calls:], 1000]:
        if "checkpoint" in result:
            result = merger.merge(source, result["checkpoint"], is_up_after(chunks_a_call))
    forgotten.go_on()
    assert outcome(storage, result) == outcome(once, whole)


@settings(deadline=None)
@given(tables)
def test_each_call_merges_at_least_one_chunk(table: list[list[bool]]) -> None:
    storage, source = prepared(table)
    merger = Merger(storage, storage, BUCKET, "errors")
    checkpoint: str | None = None
    for _ in range(len(table)):
        result = merger.merge(source, checkpoint, lambda: True)
        assert "checkpoint" in result
        checkpoint = result["checkpoint"]
    assert "output_key" in merger.merge(source, checkpoint, lambda: True)


def test_only_chunks_with_rejects_ask_for_them() -> None:
    storage, source = prepared([[True, False], [False], [False, True]])
    del storage.rejects[keys.rejects_of_chunk(ATTEMPT, 1)]
    result = Merger(storage, storage, BUCKET, "errors").merge(source, None, lambda: False)
    assert "checkpoint" not in result
    assert result["rows_rejected"] == 2
