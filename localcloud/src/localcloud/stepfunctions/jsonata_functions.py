"""The JSONata functions that Step Functions adds to those of JSONata.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import uuid
from collections.abc import Callable
from typing import Any

_ALGORITHMS = {"MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"}
_RANGE_LIMIT = 1000  # of States.ArrayRange, which $range replaces


def partition(array: list[Any], size: float) -> list[list[Any]]:
    if size < 1:
        raise ValueError("$partition: the chunk size must be a positive number")
    step = int(size)
    return [array[start : start + step] for start in range(0, len(array), step)]


def number_range(start: float, end: float, step: float) -> list[int]:
    """The numbers from ``start`` to ``end``, both included."""
    if step == 0:
        raise ValueError("$range: the step must not be zero")
    first, last, delta = int(start), int(end), int(step)
    numbers = list(range(first, last + (1 if delta > 0 else -1), delta))
    if len(numbers) > _RANGE_LIMIT:
        raise ValueError(f"$range: the array would have more than {_RANGE_LIMIT} elements")
    return numbers


def text_hash(text: str, algorithm: str) -> str:
    if algorithm not in _ALGORITHMS:
        raise ValueError(f"$hash: the algorithm must be one of {sorted(_ALGORITHMS)}")
    return hashlib.new(algorithm.replace("-", "").lower(), text.encode()).hexdigest()


def seeded_random(seed: float | None = None) -> float:
    return random.Random(seed).random()  # noqa: S311 - a workflow's numbers, not secrets


# By the names in expressions. JSONata's $random takes no seed: ``rewrite`` replaces it by ours.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "partition": partition,
    "range": number_range,
    "hash": text_hash,
    "states_random": seeded_random,
    "uuid": lambda: str(uuid.uuid4()),
    "parse": lambda text: json.loads(text),
}

_QUOTED = r""" "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | `[^`]*` | /\*.*?\*/ """
_TOKEN = re.compile(rf"(?P<skip>{_QUOTED})|\$(?P<name>random|eval)\b", re.VERBOSE | re.DOTALL)


def rewrite(source: str) -> str:
    """Point $random at ours; raise ValueError for $eval, which AWS does not support."""

    def replace(match: re.Match[str]) -> str:
        if match["skip"] is not None:
            return match["skip"]
        if match["name"] == "eval":
            raise ValueError("the function $eval is not supported; use $parse")
        return "$states_random"

    return _TOKEN.sub(replace, source)
