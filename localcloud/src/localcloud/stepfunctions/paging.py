"""Pages of a list, with tokens that say where to go on."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from localcloud.gateway.errors import ApiError

T = TypeVar("T")


def page(
    values: Sequence[T], most: int | None, token: str | None, default: int = 100
) -> tuple[Sequence[T], dict[str, Any]]:
    """At most ``most`` values (0 and None mean the default), and ``nextToken`` if there is more."""
    start = _start(token)
    end = start + (most or default)
    more = {"nextToken": _token(end)} if end < len(values) else {}
    return values[start:end], more


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(f"at:{start}".encode()).decode()


def _start(token: str | None) -> int:
    if not token:
        return 0
    try:
        text = base64.urlsafe_b64decode(token.encode()).decode()
        return int(text.removeprefix("at:"))
    except (binascii.Error, ValueError) as error:
        raise ApiError("InvalidToken", f"Invalid Token: '{token}'") from error
