"""Marker and MaxItems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
_PAGE = 50


def page(items: Sequence[T], params: dict[str, object]) -> tuple[list[T], dict[str, str]]:
    """The page that ``params`` asks for, and NextMarker if more follow."""
    start = int(str(params.get("Marker") or 0))
    size = int(str(params.get("MaxItems") or _PAGE))
    end = start + size
    more = {"NextMarker": str(end)} if end < len(items) else {}
    return list(items[start:end]), more
