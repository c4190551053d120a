"""Reads the fields of one object of a definition, and notices every field that nobody asked for."""

from __future__ import annotations

from typing import Any

from localcloud.stepfunctions.diagnostics import Diagnostics
from localcloud.stepfunctions.expressions import Template, compile_template, is_expression

# Fields of the other query language. AWS names both in its message; so do we.
_JSONPATH_ONLY = frozenset(
    {
        "InputPath",
        "OutputPath",
        "ResultPath",
        "ResultSelector",
        "Parameters",
        "Result",
        "ItemsPath",
        "SecondsPath",
        "TimestampPath",
        "TimeoutSecondsPath",
        "HeartbeatSecondsPath",
        "MaxConcurrencyPath",
        "ToleratedFailureCountPath",
        "ToleratedFailurePercentagePath",
        "ErrorPath",
        "CausePath",
        "MaxItemsPath",
        "MaxItemsPerBatchPath",
        "MaxInputBytesPerBatchPath",
    }
)


class Fields:
    """``location`` is a JSON pointer, as in ``/States/Read/Retry[0]``; ``name`` the path within the
    state.
    """

    def __init__(self, value: Any, location: str, diagnostics: Diagnostics, name: str = "") -> None:
        self.location = location
        self.diagnostics = diagnostics
        self.name = name
        self._left: dict[str, Any] = {}
        if isinstance(value, dict):
            self._left = dict(value)
        else:
            diagnostics.add(location, "This field should be an object")

    def at(self, field: str) -> str:
        return f"{self.location.rstrip('/')}/{field}"

    def wrong(self, field: str, message: str) -> None:
        self.diagnostics.add(self.at(field), message)

    def has(self, field: str) -> bool:
        return field in self._left

    def peek(self, field: str) -> Any:
        return self._left.get(field)

    def names(self) -> list[str]:
        """The fields that have not been read yet."""
        return list(self._left)

    def raw(self, field: str, default: Any = None) -> Any:
        return self._left.pop(field, default)

    def require(self, *fields: str) -> bool:
        missing = [field for field in fields if field not in self._left]
        if missing:
            names = ", ".join(missing)
            self.diagnostics.add(self.location, f"These fields are required: [{names}]")
        return not missing

    def text(self, field: str, longest: int | None = None) -> str | None:
        value = self.raw(field)
        if value is None:
            return None
        if not isinstance(value, str) or not value:
            self.wrong(field, f"The field '{field}' should be a non-empty string")
            return None
        if longest and len(value) > longest:
            self.wrong(field, f"The field '{field}' should have at most {longest} characters")
        return value

    def choice(self, field: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.raw(field, default)
        if value not in allowed:
            values = ", ".join(allowed)
            self.wrong(field, f"The field '{field}' should have one of these values: [{values}]")
            return default
        return str(value)

    def items(self, field: str) -> list[Any]:
        value = self.raw(field, [])
        if isinstance(value, list):
            return value
        self.wrong(field, f"The field '{field}' should be an array")
        return []

    def integer(self, field: str, least: int, most: int, default: int) -> int:
        value = self.raw(field, default)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.wrong(field, f"The field '{field}' should be an integer from {least} to {most}")
        return default

    def number(self, field: str, least: float, most: float, default: float) -> float:
        value = self.raw(field, default)
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and least <= value <= most
        ):
            return float(value)
        self.wrong(field, f"The field '{field}' should be a number from {least:g} to {most:g}")
        return default

    def template(self, field: str) -> Template | None:
        """Any JSON, with expressions in it. None if the field is not there."""
        if field not in self._left:
            return None
        return self.compile(field, self._left.pop(field))

    def expression(self, field: str) -> Template | None:
        """A field that must be a JSONata string."""
        value = self.raw(field)
        if value is None:
            return None
        if not is_expression(value):
            self.wrong(field, f"The field '{field}' should be a JSONata expression ({{% … %}})")
            return None
        return self.compile(field, value)

    def integer_template(self, field: str, least: int, most: int) -> Template | None:
        """An integer, or an expression that gives one (judged when it has been evaluated)."""
        if field not in self._left:
            return None
        if is_expression(self._left[field]):
            return self.template(field)
        return self.compile(field, self.integer(field, least, most, least))

    def number_template(self, field: str, least: float, most: float) -> Template | None:
        if field not in self._left:
            return None
        if is_expression(self._left[field]):
            return self.template(field)
        return self.compile(field, self.number(field, least, most, least))

    def sub(self, field: str) -> Fields | None:
        if field not in self._left:
            return None
        path = f"{self.name}/{field}" if self.name else field
        return Fields(self._left.pop(field), self.at(field), self.diagnostics, path)

    def done(self) -> None:
        """Complain of what is left."""
        for field in self._left:
            if field in _JSONPATH_ONLY:
                self.wrong(
                    field, f"The QueryLanguage 'JSONata' does not support the field '{field}'"
                )
            else:
                self.diagnostics.add(self.location, f"Field '{field}' is not supported")

    def compile(self, field: str, value: Any) -> Template | None:
        path = f"{self.name}/{field}" if self.name else field
        try:
            return compile_template(value, path)
        except ValueError as error:
            self.wrong(field, str(error))
            return None
