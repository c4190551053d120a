"""SdkHttpMetadata and SdkResponseMetadata, which optimized integrations put beside their result."""

from __future__ import annotations

from typing import Any

from localcloud.gateway.http import Response


def http_metadata(response: Response) -> dict[str, Any]:
    return shaped(response.status, response.headers)


def shaped(status: int, headers: dict[str, str]) -> dict[str, Any]:
    request_id = next((v for k, v in headers.items() if k.lower() == "x-amzn-requestid"), "")
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": dict(headers),
            "HttpStatusCode": status,
        },
        "SdkResponseMetadata": {"RequestId": request_id},
    }
