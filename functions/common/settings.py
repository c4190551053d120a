"""Settings from the environment, typed: each function has a dataclass of them."""

import os
import typing
from dataclasses import dataclass

Settings = typing.TypeVar("Settings")


class SettingsError(Exception):
    """A setting is missing or has the wrong type; the message names it."""


@dataclass(frozen=True)
class NoSettings:
    """For a function that needs none."""


def load_settings(settings_type: type[Settings]) -> Settings:
    """Fill the dataclass: its field `chunk_records` has the value of the variable CHUNK_RECORDS.

    Fields are `str` or `int`, and none has a default: the template gives them all.
    Raises SettingsError, which names everything that is missing at once.
    """
    types = typing.get_type_hints(settings_type)
    missing = [name.upper() for name in types if not os.environ.get(name.upper())]
    if missing:
        raise SettingsError(f"missing from the environment: {', '.join(missing)}")
    return settings_type(**{name: _read(name.upper(), kind) for name, kind in types.items()})


def _read(variable: str, kind: type) -> str | int:
    value = os.environ[variable]
    if kind is not int:
        return value
    try:
        return int(value)
    except ValueError:
        raise SettingsError(f"{variable} is not a whole number: {value!r}") from None
