"""Keeps moto from listing every object that it ever makes, for a dashboard not used here."""

from typing import Any

from moto.core.common_models import BaseModel


def make_moto_forget() -> None:
    """From now on, objects that moto's backends drop are collected, in the whole process."""

    def untracked(cls: type[BaseModel], *_: Any, **__: Any) -> BaseModel:
        return object.__new__(cls)

    BaseModel.__new__ = untracked  # type: ignore[method-assign]  # a patch, see above
