"""What a function returns becomes HTTP, or is malformed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.apigateway.proxy_response import MalformedResponse, response_of
from localcloud.gateway.http import Response


def _of(answer: Any, accept: str = "", binary: list[str] | None = None) -> Response:
    return response_of(json.dumps(answer).encode(), accept, binary or [])


@pytest.mark.parametrize(
    "answer",
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
def test_another_shape_is_malformed(answer: Any) -> None:
    with pytest.raises(MalformedResponse):
        _of(answer)


def test_headers_are_taken_and_some_are_remapped() -> None:
    answer = {
        "statusCode": "200",
        "headers": {"X-Number": 1, "Date": "today", "Content-Length": "9", "content-type": "a/b"},
        "multiValueHeaders": {"X-Two": ["a", "b"]},
    }
    assert _of(answer).headers == {
        "Content-Type": "a/b",
        "X-Number": "1",
        "x-amzn-Remapped-Date": "today",
        "X-Two": "a, b",
    }


def test_base64_is_decoded_only_for_binary_media_types() -> None:
    answer = {"statusCode": 200, "body": "AAE=", "isBase64Encoded": True}
    assert _of(answer, "image/png", ["image/*"]).body == b"\x00\x01"
    assert _of(answer, "image/png").body == b"AAE="
