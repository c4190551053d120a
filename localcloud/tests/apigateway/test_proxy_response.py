"""The result of a function becomes an HTTP response, or is malformed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.apigateway.responses import MalformedResponse, response_of
from localcloud.gateway.http import Response


def _of(result: Any) -> Response:
    return response_of(json.dumps(result).encode())


@pytest.mark.parametrize(
    "result",
    [
        None,
        "text",
        {},
        {"statusCode": "later"},
        {"statusCode": 99},
        {"statusCode": 200, "body": {"an": "object"}},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "headers": {"X": {"deep": 1}}},
    ],
)
def test_a_result_of_another_shape_is_malformed(result: Any) -> None:
    with pytest.raises(MalformedResponse):
        _of(result)


def test_headers_are_kept_and_some_are_remapped() -> None:
    result = {
        "statusCode": "200",
        "headers": {"X-Number": 1, "Date": "today", "Content-Length": "9", "content-type": "a/b"},
        "multiValueHeaders": {"X-Two": ["a", "b"]},
    }
    assert _of(result).headers == {
        "Content-Type": "a/b",
        "X-Number": "1",
        "x-amzn-Remapped-Date": "today",
        "X-Two": "a, b",
    }


def test_base64_stays_text_without_binary_media_types() -> None:
    result = {"statusCode": 200, "body": "AAE=", "isBase64Encoded": True}
    assert _of(result).body == b"AAE="
