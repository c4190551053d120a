"""Makes a Lambda handler of a function that takes the event and the settings."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from aws_lambda_powertools.utilities.typing import LambdaContext

from common.observability import logger
from common.settings import load_settings

Settings = TypeVar("Settings")
Result = TypeVar("Result")
Event = dict[str, Any]

READY = {"ready": True}


def lambda_handler(
    settings_type: type[Settings],
) -> Callable[[Callable[[Event, Settings], Result]], Callable[[Event, LambdaContext], Result]]:
    """Return a decorator. It loads the settings, and adds Lambda's context to every log entry.

    `make deploy` sends `{"check": true}` to see whether a function is ready. The answer is READY
    once the code, its packages and the settings are loaded; the function itself is not called. No
    event of S3, EventBridge, API Gateway, a state machine or the runbook has `check` at its top.
    """

    def decorate(
        function: Callable[[Event, Settings], Result],
    ) -> Callable[[Event, LambdaContext], Result]:
        @logger.inject_lambda_context(log_event=False)
        @wraps(function)
        def handler(event: Event, _context: LambdaContext) -> Result:
            settings = load_settings(settings_type)
            if isinstance(event, dict) and event.get("check") is True:
                return cast(Result, READY)
            return function(event, settings)

        return handler

    return decorate
