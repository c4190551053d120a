"""The JSONata functions that Step Functions adds to those of JSONata.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn

Measured on AWS: https://github.com/floci-io/floci/blob/main/docs/services/step-functions.md
"""

import hashlib
import json
import random
import re
import uuid
from collections.abc import Callable
from typing import Any

from jsonata2py import MISSING

_ALGORITHMS = {"MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"}
_RANGE_LIMIT = 360_145


def partition(array: list[Any], size: float) -> Any:
    step = int(size)
    if step < 1 or not array:
        return MISSING
    return [array[start : start + step] for start in range(0, len(array), step)]


def number_range(start: float, end: float, step: float = 0) -> Any:
    """The numbers from ``start`` to ``end``, both included; a single one as itself."""
    first, last, delta = int(start), int(end), int(step)
    if delta == 0 or not (numbers := range(first, last + (1 if delta > 0 else -1), delta)):
        return MISSING
    if len(numbers) > _RANGE_LIMIT:
        raise ValueError("Expression evaluation memory limit exceeded")
    return list(numbers) if len(numbers) > 1 else first


def text_hash(text: str, algorithm: str | None = None) -> Any:
    if algorithm is None:
        return MISSING
    if algorithm not in _ALGORITHMS:
        raise ValueError(f"$hash: the algorithm must be one of {sorted(_ALGORITHMS)}")
    return hashlib.new(algorithm.replace("-", "").lower(), text.encode()).hexdigest()


def seeded_random(seed: float | None = None) -> float:
    numbers = random if seed is None else random.Random(seed)  # noqa: S311 - no secrets
    return numbers.random()


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
