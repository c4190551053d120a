"""A check of what an operation puts."""

from collections.abc import Callable
from typing import Any

from localcloud.gateway.identify import Call

Params = dict[str, Any]
# Raises AWS's error for parameters that it refuses.
Check = Callable[[Call, Params], None]
