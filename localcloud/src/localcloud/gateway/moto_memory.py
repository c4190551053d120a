"""moto lists every object that it ever makes, copies too, for a dashboard that nobody sees here."""

from __future__ import annotations

from typing import Any

from moto.core.common_models import BaseModel


def make_moto_forget() -> None:
    """For the whole process: what moto itself no longer holds is garbage."""

    def untracked(cls: type[BaseModel], *_: Any, **__: Any) -> BaseModel:
        return object.__new__(cls)

    BaseModel.__new__ = untracked  # type: ignore[method-assign]  # a patch, see above
