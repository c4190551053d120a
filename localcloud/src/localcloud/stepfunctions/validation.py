"""AWS's sentence about the constraints that the input of an operation breaks."""

from __future__ import annotations

from collections.abc import Iterable


def constraint_errors(errors: Iterable[str]) -> str:
    texts = list(errors)
    plural = "s" if len(texts) > 1 else ""
    return f"{len(texts)} validation error{plural} detected: " + "; ".join(texts)
