"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """MISSING fails the deployment, or what is deployed; a warning only might."""

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
    def stops(self) -> bool:
        return self.level == "MISSING"

    @property
    def amiss(self) -> bool:
        return self.level != "ok"

    def __str__(self) -> str:
        return f"{self.level:<8}{self.text}"
