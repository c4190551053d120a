"""Compact JSON, as AWS hands it on, and its size in bytes."""

import json
from typing import Any

# Raises TypeError or ValueError for values that JSON cannot hold.
dumps = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def size(value: Any) -> int:
    return len(dumps(value).encode("utf-8", "surrogatepass"))
