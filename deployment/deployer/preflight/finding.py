"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """MISSING: the deployment, or what is deployed, would fail. A warning: it might."""

    level: str
    text: str

    @staticmethod
    def missing(text: str) -> Finding:
        return Finding("MISSING", text)

    @staticmethod
    def warning(text: str) -> Finding:
        return Finding("warning", text)

    @staticmethod
    def ok(text: str) -> Finding:
        return Finding("ok", text)

    @property
    def is_missing(self) -> bool:
        return self.level == "MISSING"

    @property
    def is_ok(self) -> bool:
        return self.level == "ok"

    def __str__(self) -> str:
        return f"{self.level:<8}{self.text}"
