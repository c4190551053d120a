"""What is wrong with a definition: diagnostics as ValidateStateMachineDefinition gives them."""

from __future__ import annotations

from dataclasses import dataclass, field

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


@dataclass
class Diagnostics:
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, location: str, message: str, code: str = SCHEMA) -> None:
        self.found.append(Diagnostic(code, message, location))

    def raise_if_any(self) -> None:
        """InvalidDefinition, in AWS's wording."""
        if self.found:
            text = ", ".join(str(diagnostic) for diagnostic in self.found)
            raise ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{text}'")
