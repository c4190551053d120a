"""Reads the fields of one object of a definition, and reports every field that nobody read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localcloud.gateway.errors import ApiError
from localcloud.stepfunctions.expressions import (
    InvalidExpression,
    Template,
    compile_template,
    expressions_in,
    is_expression,
)
from localcloud.stepfunctions.references import unsupported_references

SCHEMA = "SCHEMA_VALIDATION_FAILED"
TRANSITION = "MISSING_TRANSITION_TARGET"
NOT_JSON = "INVALID_JSON_DESCRIPTION"
NO_END = "MISSING_END_STATE"
DUPLICATE = "DUPLICATE_STATE_NAME"
INVALID_JSONATA = "INVALID_JSONATA_EXPRESSION"
UNSUPPORTED_JSONATA = "UNSUPPORTED_JSONATA_EXPRESSION"


@dataclass(frozen=True)
class Diagnostic:
    code: str
    message: str
    location: str | None

    def __str__(self) -> str:
        place = f" at {self.location}" if self.location else ""
        return f"{self.code}: {self.message}{place}"


class Diagnostics(list[Diagnostic]):
    """Faults of a definition, as ValidateStateMachineDefinition reports them."""

    def report(self, location: str | None, message: str, code: str = SCHEMA) -> None:
        self.append(Diagnostic(code, message, location))

    def raise_if_any(self) -> None:
        """Raise InvalidDefinition, in AWS's wording."""
        if self:
            text = ", ".join(map(str, self))
            raise ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{text}'")


# Fields of the other query language.
_JSONPATH_ONLY = {
    "InputPath", "OutputPath", "ResultPath", "ResultSelector", "Parameters", "Result", "ItemsPath",
    "SecondsPath", "TimestampPath", "TimeoutSecondsPath", "HeartbeatSecondsPath",
    "MaxConcurrencyPath", "ToleratedFailureCountPath", "ToleratedFailurePercentagePath",
    "ErrorPath", "CausePath", "MaxItemsPath", "MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath",
}  # fmt: skip


class Fields:
    """``location`` is a JSON pointer as in ``/States/Read/Retry[0]``, ``name`` the path in it."""

    def __init__(self, value: Any, location: str, diagnostics: Diagnostics, name: str = "") -> None:
        self.location = location
        self.diagnostics = diagnostics
        self.name = name
        self.is_object = isinstance(value, dict)
        if not self.is_object:
            diagnostics.report(location, "This field should be an object")
            value = {}
        self._unread: dict[str, Any] = dict(value)

    def location_of(self, field: str) -> str:
        return f"{self.location.rstrip('/')}/{field}"

    def report(self, field: str, message: str) -> None:
        self.diagnostics.report(self.location_of(field), message)

    def report_here(self, message: str) -> None:
        self.diagnostics.report(self.location, message)

    def report_type(self, field: str, expected: str) -> None:
        self.report(field, f"The field '{field}' should be {expected}")

    def report_unread(self) -> None:
        for field in self._unread:
            if field in _JSONPATH_ONLY:
                self.report_here(
                    f"The QueryLanguage is set to 'JSONata', but field '{field}' is only supported "
                    "for the 'JSONPath' QueryLanguage"
                )
            else:
                self.report_here(f"Field '{field}' is not supported")

    def require(self, *fields: str) -> bool:
        missing = [field for field in fields if field not in self._unread]
        if missing:
            self.report_here(f"These fields are required: [{', '.join(missing)}]")
        return not missing

    def has(self, field: str) -> bool:
        return field in self._unread

    def peek(self, field: str) -> Any:
        """The field's value, which stays unread."""
        return self._unread.get(field)

    def unread(self) -> list[str]:
        return list(self._unread)

    def take(self, field: str, default: Any = None) -> Any:
        """The field's value, unchecked."""
        return self._unread.pop(field, default)

    def text(self, field: str, longest: int | None = None) -> str | None:
        value = self.take(field)
        if value is None:
            return None
        if not isinstance(value, str) or not value:
            self.report_type(field, "a non-empty string")
            return None
        if longest and len(value) > longest:
            self.report(field, f"The field '{field}' should have at most {longest} characters")
        return value

    def choice(self, field: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.take(field, default)
        if value in allowed:
            return str(value)
        values = ", ".join(allowed)
        self.report(field, f"The field '{field}' should have one of these values: [{values}]")
        return default

    def array(self, field: str) -> list[Any]:
        value = self.take(field, [])
        if isinstance(value, list):
            return value
        self.report_type(field, "an array")
        return []

    def objects(self, field: str) -> "list[Fields]":
        """The elements of an array of objects; those that are no objects are reported."""
        elements = enumerate(self.array(field))
        inner = [self._inner(f"{field}[{index}]", value) for index, value in elements]
        return [fields for fields in inner if fields.is_object]

    def required_objects(self, field: str) -> "list[Fields]":
        if not self.require(field):
            return []
        if self.peek(field) == []:
            self.report_type(field, "a non-empty array")
        return self.objects(field)

    def object(self, field: str) -> "Fields | None":
        if not self.has(field):
            return None
        fields = self._inner(field, self.take(field))
        return fields if fields.is_object else None

    def object_or_empty(self, field: str) -> "Fields":
        return self.object(field) or Fields({}, self.location, self.diagnostics)

    def integer(self, field: str, least: int, most: int, default: int) -> int:
        value = self.take(field, default)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.report_type(field, f"an integer from {least} to {most}")
        return default

    def number(self, field: str, least: float, most: float, default: float) -> float:
        value = self.take(field, default)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and least <= value <= most:
            return float(value)
        self.report_type(field, f"a number from {least:g} to {most:g}")
        return default

    def template(self, field: str) -> Template | None:
        """Any JSON with expressions in it; None if the field is absent."""
        return self.compile(field, self.take(field)) if self.has(field) else None

    def integer_template(self, field: str, least: int, most: int) -> Template | None:
        """An integer, or an expression whose value is checked when it has been evaluated."""
        return self._checked_template(field, lambda: self.integer(field, least, most, least))

    def number_template(self, field: str, least: float, most: float) -> Template | None:
        return self._checked_template(field, lambda: self.number(field, least, most, least))

    def compile(self, field: str, value: Any) -> Template | None:
        try:
            template = compile_template(value, self._name_of(field))
        except InvalidExpression as error:
            self._report_expression(error.location, str(error), INVALID_JSONATA)
            return None
        for expression in expressions_in(template):
            place = expression.location
            for fault in unsupported_references(expression.source, "Catch[" in place):
                self._report_expression(place, fault, UNSUPPORTED_JSONATA)
        return template

    def _report_expression(self, place: str, message: str, code: str) -> None:
        """``place`` is the name of the field or of a member in it."""
        location = self.location_of(place.removeprefix(self.name).lstrip("/"))
        self.diagnostics.report(location, message, code)

    def _checked_template(self, field: str, read: Callable[[], float]) -> Template | None:
        if not self.has(field) or is_expression(self.peek(field)):
            return self.template(field)
        return self.compile(field, read())

    def _inner(self, field: str, value: Any) -> "Fields":
        return Fields(value, self.location_of(field), self.diagnostics, self._name_of(field))

    def _name_of(self, field: str) -> str:
        return f"{self.name}/{field}" if self.name else field
