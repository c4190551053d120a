"""JSON that somebody else wrote."""

import json
from typing import Any


def json_or(default: Any, text: str | bytes) -> Any:
    """The value of ``text``, or ``default`` if that is not JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return default
