"""Numbers for values, so that a state of many parts is one integer."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Numbers(Generic[T]):
    """Gives equal values the same number, from 0 on."""

    def __init__(self, bits: int = 64) -> None:
        self._limit = 1 << bits
        self._numbers: dict[T, int] = {}
        self.values: list[T] = []

    def __getitem__(self, value: T) -> int:
        number = self._numbers.setdefault(value, len(self.values))
        if number == len(self.values):
            if number == self._limit:
                raise OverflowError("there are more values than their bits can number")
            self.values.append(value)
        return number
