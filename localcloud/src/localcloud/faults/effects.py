"""The effects of a fault on a call."""

from dataclasses import dataclass
from typing import Protocol

from localcloud.clock import Clock
from localcloud.gateway.errors import ApiError
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.identify import Call


class Effect(Protocol):
    def apply(self, call: Call, clock: Clock, /) -> None:
        """Return to let the call pass, or raise."""


@dataclass(frozen=True)
class Cut:
    """No answer. On AWS the caller would wait for its time-out; here it fails at once."""

    def apply(self, call: Call, _clock: Clock, /) -> None:
        raise ConnectionCut(f"{call.request.host}: cut by a fault")

    def __str__(self) -> str:
        return "cut"


@dataclass(frozen=True)
class Delay:
    """The call passes after ``seconds`` of AWS time."""

    seconds: float

    def apply(self, _call: Call, clock: Clock, /) -> None:
        clock.sleep(self.seconds)

    def __str__(self) -> str:
        return f"delay {self.seconds:g}s"


@dataclass(frozen=True)
class Refuse:
    """An error, as of a service in trouble."""

    code: str = "ServiceUnavailable"
    status: int = 503
    message: str = "Service is unavailable. Please try again."

    def apply(self, _call: Call, _clock: Clock, /) -> None:
        raise ApiError(self.code, self.message, self.status)

    def __str__(self) -> str:
        return f"refuse {self.code}:{self.status}"
