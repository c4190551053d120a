"""Objects are read in ranges, in order, and whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest
from botocore.exceptions import (
    ClientError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from urllib3.exceptions import SSLError

from common import stored_object
from common.stored_object import RANGES_AHEAD, TRIES, RangeMissing, StoredObject
from tests.unit.helpers import BUCKET, put_object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DATA = bytes(range(256))
BROKEN = [
    IncompleteReadError(actual_bytes=1, expected_bytes=2),
    ReadTimeoutError(endpoint_url="", error=None),
    ResponseStreamingError(error=None),
    SSLError("bad record"),
    ConnectionResetError(),
    TimeoutError(),
]


def stored(s3: S3Client, data: bytes = DATA) -> StoredObject:
    return StoredObject(s3, BUCKET, "k", put_object(s3, "k", data))


def failing(s3: S3Client, monkeypatch: pytest.MonkeyPatch, *errors: Exception) -> MagicMock:
    """Let the first bodies raise these errors while they are read; return the client's method."""
    get_object, broken = s3.get_object, list(errors)

    def call(**arguments: Any) -> Any:
        response = get_object(**arguments)
        if broken:
            response["Body"] = MagicMock(read=MagicMock(side_effect=broken.pop(0)))
        return response

    method = MagicMock(side_effect=call)
    monkeypatch.setattr(s3, "get_object", method)
    return method


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(data=st.binary(min_size=1, max_size=300), size=st.integers(1, 400), start=st.integers(0, 50))
def test_the_ranges_are_the_object_in_order(
    s3: S3Client, data: bytes, size: int, start: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_object, "RANGE_BYTES", size)
        ranges = list(stored(s3, data).ranges(start, len(data)))
    assert b"".join(ranges) == data[start:]
    assert all(len(part) == size for part in ranges[:-1])


def test_few_ranges_are_in_memory(s3: S3Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_object, "RANGE_BYTES", 1)
    method = failing(s3, monkeypatch)
    for number, _ in enumerate(stored(s3).ranges(0, len(DATA))):
        assert method.call_count - number <= RANGES_AHEAD


def test_the_version_is_read_and_not_the_newest(s3: S3Client) -> None:
    first = stored(s3)
    put_object(s3, "k", b"newer")
    assert first.size() == len(DATA)
    assert first.read(2, 3) == DATA[2:5]


@pytest.mark.parametrize("error", BROKEN, ids=lambda error: type(error).__name__)
def test_a_stream_that_breaks_is_read_again(
    s3: S3Client, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    source = stored(s3)
    method = failing(s3, monkeypatch, *[error] * (TRIES - 1))
    assert source.read(0, 9) == DATA[:9]
    assert method.call_count == TRIES
    failing(s3, monkeypatch, *[error] * (TRIES - 1))
    assert source.read_all() == DATA


def test_one_that_breaks_each_time_is_an_error(
    s3: S3Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = stored(s3)
    method = failing(s3, monkeypatch, *BROKEN[:1] * 99)
    with pytest.raises(IncompleteReadError):
        source.read(0, 9)
    assert method.call_count == TRIES


def test_an_error_of_s3_itself_is_left_to_botocore(
    s3: S3Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = failing(s3, monkeypatch)
    with pytest.raises(ClientError, match="NoSuchKey"):
        StoredObject(s3, BUCKET, "missing").read(0, 9)
    assert method.call_count == 1


@pytest.mark.parametrize("start", [200, 256, 1000])
def test_fewer_bytes_than_asked_for_are_an_error(s3: S3Client, start: int) -> None:
    with pytest.raises(RangeMissing, match=r"^k "):
        stored(s3).read(start, 57)
