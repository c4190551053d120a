"""Identifiers of calls, which only have to differ from one another."""

import random

_generator = random.Random()  # noqa: S311 - no secrets


def request_id() -> str:
    """Return a UUID of version 4.

    ``uuid.uuid4`` asks the kernel for each, and every system call lets other threads in first.
    """
    digits = hexadecimal(32)
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def hexadecimal(digits: int) -> str:
    """Return so many random hexadecimal digits."""
    return f"{_generator.getrandbits(4 * digits):0{digits}x}"


def seed(number: int) -> None:
    """Let the identifiers begin again, as in a test that is repeated."""
    _generator.seed(number)
