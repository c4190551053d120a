"""JSON and YAML documents as plain data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def map_strings(document: Any, replace: Callable[[str], Any]) -> Any:
    """Return a copy of the document with each of its string values replaced; keys stay."""
    if isinstance(document, dict):
        return {key: map_strings(value, replace) for key, value in document.items()}
    if isinstance(document, list):
        return [map_strings(value, replace) for value in document]
    return replace(document) if isinstance(document, str) else document
