"""LoggingConfig: the format of a function's log, and which lines of it are written.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
"""

import json
from collections.abc import Iterable, Mapping

from localcloud.cloudwatch.logs import LogEvent
from localcloud.lambda_.errors import invalid_parameter

_LEVELS = {
    "TRACE": 0, "DEBUG": 1, "INFO": 2, "WARN": 3, "WARNING": 3, "ERROR": 4, "FATAL": 5,
    "CRITICAL": 5,
}  # fmt: skip


def logging_config(base: dict[str, str], changes: dict[str, str]) -> dict[str, str]:
    """``base`` with what was asked for. A format that is given sets the levels, too."""
    if "LogFormat" in changes:
        base = {"LogGroup": base["LogGroup"]}
    config = {"LogFormat": "Text", **base, **changes}
    if config["LogFormat"] == "JSON":
        return {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", **config}
    if levels := sorted(config.keys() - {"LogFormat", "LogGroup"}):
        raise invalid_parameter(f"{' and '.join(levels)} can only be set for the LogFormat JSON.")
    return config


def environment(config: Mapping[str, str]) -> dict[str, str]:
    """What the runtime client reads."""
    level = config.get("ApplicationLogLevel")
    levels = {"AWS_LAMBDA_LOG_LEVEL": level} if level else {}
    return {"AWS_LAMBDA_LOG_FORMAT": config["LogFormat"], **levels}


def is_written(level: str, threshold: str) -> bool:
    return _LEVELS[level] >= _LEVELS[threshold]


def application_lines(lines: Iterable[LogEvent], threshold: str | None) -> list[LogEvent]:
    """The lines of the function that are written; None: all."""
    if threshold is None:
        return list(lines)
    return [line for line in lines if is_written(_level_of(line.message), threshold)]


def _level_of(message: str) -> str:
    """As the line itself says; INFO if it says nothing."""
    if message.startswith("{") and "level" in message:
        try:
            content = json.loads(message)
        except ValueError:
            return "INFO"
        # The runtime client calls it log_level where it describes an error.
        level = str(content.get("level") or content.get("log_level")).upper()
        if level in _LEVELS:
            return level
    return "INFO"
