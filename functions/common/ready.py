"""How a deployment asks a function whether it is ready, without any other effect."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

Handler = TypeVar("Handler", bound=Callable[..., Any])


def answers_check(settings: Callable[[], object] = lambda: None) -> Callable[[Handler], Handler]:
    """Answer `{"check": true}` with `{"ready": true}`, once the settings could be read.

    That the code and its packages load was seen by then. No event that S3, EventBridge, API
    Gateway, a state machine or the runbook sends has `check` at its top.
    """

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def checked(event: Any, context: Any) -> Any:
            if isinstance(event, dict) and event.get("check") is True:
                settings()
                return {"ready": True}
            return handler(event, context)

        return cast(Handler, checked)

    return decorate
