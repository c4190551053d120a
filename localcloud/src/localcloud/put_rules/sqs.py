"""Attributes of queues.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

from localcloud.gateway.errors import require
from localcloud.gateway.identify import Call
from localcloud.json_text import json_or
from localcloud.put_rules.rule import Check, Params

_RANGES = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
_FLAGS = ("ContentBasedDeduplication", "FifoQueue", "SqsManagedSseEnabled")
_MAPS = ("RedriveAllowPolicy", "RedrivePolicy")
_OF_FIFO = ("ContentBasedDeduplication", "DeduplicationScope", "FifoQueue", "FifoThroughputLimit")
_READ_ONLY = ("All", "CreatedTimestamp", "LastModifiedTimestamp", "QueueArn")


def _create(_: Call, params: Params) -> None:
    attributes, is_fifo = params.get("Attributes") or {}, params["QueueName"].endswith(".fifo")
    _check(attributes, is_fifo=is_fifo)
    message = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
    has_flag = attributes.get("FifoQueue") == "true"
    require(has_flag or not is_fifo, "InvalidParameterValue", message)


def _set(_: Call, params: Params) -> None:
    attributes = params["Attributes"]
    require("FifoQueue" not in attributes, *_unknown("FifoQueue"))
    _check(attributes, is_fifo=params["QueueUrl"].endswith(".fifo"))


def _check(attributes: dict[str, str], *, is_fifo: bool) -> None:
    for name, value in attributes.items():
        is_settable = name not in _READ_ONLY and not name.startswith("Approximate")
        require(is_settable and (is_fifo or name not in _OF_FIFO), *_unknown(name))
        fits = _fits_range(value, *_RANGES[name]) if name in _RANGES else True
        fits = fits and (name not in _FLAGS or value.lower() in ("true", "false"))
        require(fits, "InvalidAttributeValue", f"Invalid value for the parameter {name}.")
        if name in _MAPS and value:
            _check_map(name, value)


def _fits_range(value: str, least: int, most: int) -> bool:
    return value.isascii() and value.isdecimal() and least <= int(value) <= most


def _unknown(name: str) -> tuple[str, str]:
    return "InvalidAttributeName", f"Unknown Attribute {name}."


def _check_map(name: str, value: str) -> None:
    content = json_or(None, value)
    prefix = f"Value {value} for parameter {name} is invalid. Reason: "
    is_map = isinstance(content, dict)
    require(is_map, "InvalidParameterValue", f"{prefix}Redrive policy is not a valid JSON map.")
    if name == "RedrivePolicy":
        count = str(content.get("maxReceiveCount", "none"))
        message = (
            f"{prefix}Invalid value for maxReceiveCount: {count}, "
            "valid values are from 1 to 1000 both inclusive."
        )
        fits = count.isdecimal() and 1 <= int(count) <= 1000
        require(fits, "InvalidParameterValue", message)


CHECKS: dict[str, Check] = {"sqs:CreateQueue": _create, "sqs:SetQueueAttributes": _set}
