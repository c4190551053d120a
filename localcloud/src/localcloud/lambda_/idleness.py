"""Functions in a VPC that nobody calls: Lambda takes their network interfaces back.

"If a Lambda function remains idle for 30 days, Lambda reclaims the unused interfaces and sets the
function state to idle. The next invocation fails, and the function is pending until it has them
again": https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
"""

import math
from typing import Any

from localcloud.clock import Clock
from localcloud.gateway.errors import ApiError
from localcloud.lambda_.errors import conflict
from localcloud.lambda_.model import Function

IDLE_SECONDS = 30 * 24 * 3600.0
# "Minutes" is all that is documented.
RESTORING_SECONDS = 120.0

_ACTIVE: dict[str, Any] = {"State": "Active"}
_INACTIVE = {"State": "Inactive", "StateReasonCode": "Idle", "StateReason": "The function is idle."}
_PENDING = {
    "State": "Pending",
    "StateReasonCode": "Restoring",
    "StateReason": "The function is being restored.",
}


class NotReady(ApiError):
    """ResourceConflictException, as a caller of a pending function sees it."""

    def __init__(self) -> None:
        error = conflict(
            "The operation cannot be performed at this time. The function is currently in the "
            "following state: Pending"
        )
        super().__init__(error.code, error.message)


class Idleness:
    """The state of functions by the time of their last invocation."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def state(self, function: Function) -> dict[str, Any]:
        """Return the members of a FunctionConfiguration that tell it."""
        if self._is_restoring(function):
            return _PENDING
        return _INACTIVE if self._is_idle(function) else _ACTIVE

    def require_active(self, function: Function) -> None:
        """Note an invocation. Raises NotReady; an idle function begins to be restored."""
        if self._is_restoring(function):
            raise NotReady
        if self._is_idle(function):
            function.restored_at = self._clock.now()
            function.last_invoked = self._clock.now()
            raise NotReady
        function.last_invoked = self._clock.now()

    def let_idle(self, function: Function) -> None:
        """Make a function of a VPC idle, as if weeks had passed."""
        function.last_invoked = -math.inf
        function.restored_at = None

    def _is_idle(self, function: Function) -> bool:
        if not function.latest.subnet_ids:
            return False
        if function.last_invoked == -math.inf:
            return True
        # Where time stands still, all waits are over at once; weeks are not.
        return IDLE_SECONDS < self._clock.elapsed(function.last_invoked) < math.inf

    def _is_restoring(self, function: Function) -> bool:
        since = function.restored_at
        return since is not None and self._clock.elapsed(since) < RESTORING_SECONDS
