"""MaxResults and NextToken, as both APIs have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localcloud.arc.errors import invalid


def page(member: str, items: list[Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """``{member: [...], "NextToken": ...}``; the token is the position of the next item."""
    token = params.get("NextToken") or "0"
    if not token.isdigit() or int(token) > len(items):
        raise invalid("NextToken is not valid.")
    start = int(token)
    end = start + int(params.get("MaxResults") or 1000)
    answer: dict[str, Any] = {member: items[start:end]}
    if end < len(items):
        answer["NextToken"] = str(end)
    return answer
