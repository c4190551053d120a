"""A check of what an operation puts."""

from collections.abc import Callable
from typing import Any

from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call

Params = dict[str, Any]
# Raises AWS's error for parameters that it refuses.
Check = Callable[[Call, Params], None]


def require(holds: object, code: str, message: str) -> None:
    """Raise AWS's error unless the condition holds."""
    if not holds:
        raise ApiError(code, message, 400)
