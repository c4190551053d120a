"""Attributes of queues.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

from localcloud.gateway.errors import not_emulated, require
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
_MAPS = ("RedriveAllowPolicy", "RedrivePolicy")
_OF_FIFO = ("ContentBasedDeduplication", "DeduplicationScope", "FifoQueue", "FifoThroughputLimit")
_READ_ONLY = ("All", "CreatedTimestamp", "LastModifiedTimestamp", "QueueArn")


def _create(_: Call, params: Params) -> None:
    attributes = params.get("Attributes") or {}
    if "FifoQueue" in attributes:
        raise not_emulated("FIFO queues (sqs:CreateQueue)")
    message = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
    require(not params["QueueName"].endswith(".fifo"), "InvalidParameterValue", message)
    _check(attributes)


def _attributes(_: Call, params: Params) -> None:
    _check(params["Attributes"])


def _check(attributes: dict[str, str]) -> None:
    for name, value in attributes.items():
        is_settable = name not in _READ_ONLY and not name.startswith("Approximate")
        message = f"Unknown Attribute {name}."
        require(is_settable and name not in _OF_FIFO, "InvalidAttributeName", message)
        fits = _fits_range(value, *_RANGES[name]) if name in _RANGES else True
        fits = fits and (name != "SqsManagedSseEnabled" or value.lower() in ("true", "false"))
        require(fits, "InvalidAttributeValue", f"Invalid value for the parameter {name}.")
        if name in _MAPS and value:
            _check_map(name, value)


def _fits_range(value: str, least: int, most: int) -> bool:
    return value.isascii() and value.isdecimal() and least <= int(value) <= most


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


CHECKS: dict[str, Check] = {"sqs:CreateQueue": _create, "sqs:SetQueueAttributes": _attributes}
