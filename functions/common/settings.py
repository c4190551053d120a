"""Settings from the environment, typed, one dataclass a function."""

import dataclasses
import os
import typing

Settings = typing.TypeVar("Settings")


class SettingsError(Exception):
    """A setting is missing or is not what it should be; the message names it."""


def load(kind: type[Settings]) -> Settings:
    """Fill the dataclass `kind`: its field `chunk_records` comes from `CHUNK_RECORDS`.

    Fields are `str` or `int`; one that has a default may be missing from the environment.
    Raises SettingsError, naming everything that is missing at once.
    """
    fields = {field.name: field for field in dataclasses.fields(typing.cast(typing.Any, kind))}
    required = [name for name, field in fields.items() if field.default is dataclasses.MISSING]
    missing = [name.upper() for name in required if not os.environ.get(name.upper())]
    if missing:
        raise SettingsError(f"missing from the environment: {', '.join(missing)}")
    given = [name for name in fields if os.environ.get(name.upper())]
    types = typing.get_type_hints(kind)
    return kind(**{name: _read(name.upper(), types[name]) for name in given})


def _read(name: str, kind: type) -> str | int:
    value = os.environ[name]
    if kind is not int:
        return value
    try:
        return int(value)
    except ValueError:
        raise SettingsError(f"{name} is not a whole number: {value!r}") from None
