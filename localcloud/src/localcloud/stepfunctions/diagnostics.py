"""Faults of a definition, as ValidateStateMachineDefinition reports them."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.gateway.errors import ApiError

SCHEMA = "SCHEMA_VALIDATION_FAILED"
TRANSITION = "MISSING_TRANSITION_TARGET"
NOT_JSON = "INVALID_JSON_DESCRIPTION"


@dataclass(frozen=True)
class Diagnostic:
    code: str
    message: str
    location: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message} at {self.location}"


class Diagnostics(list[Diagnostic]):
    def report(self, location: str, message: str, code: str = SCHEMA) -> None:
        self.append(Diagnostic(code, message, location))

    def raise_if_any(self) -> None:
        """Raise InvalidDefinition, in AWS's wording."""
        if self:
            text = ", ".join(map(str, self))
            raise ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{text}'")
