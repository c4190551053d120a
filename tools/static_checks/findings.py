"""Findings of the tools, and the exceptions that explain some of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

EXCEPTIONS = Path(__file__).with_name("exceptions.yaml")


@dataclass(frozen=True, order=True)
class Finding:
    """``check`` is the tool's id of what it found; ``resource`` a logical id of ``template``."""

    tool: str
    check: str
    template: str
    resource: str
    message: str

    def __str__(self) -> str:
        return f"{self.tool} {self.check}: {self.template}, {self.resource}: {self.message}"


@dataclass(frozen=True)
class Explained:
    """An entry of exceptions.yaml: a check that these resources (or patterns) need not pass."""

    tool: str
    check: str
    resources: tuple[str, ...]
    reason: str

    def covers(self, finding: Finding) -> bool:
        return (self.tool, self.check) == (finding.tool, finding.check) and any(
            fnmatchcase(finding.resource, pattern) for pattern in self.resources
        )


def read_exceptions(file: Path = EXCEPTIONS) -> list[Explained]:
    return [
        Explained(tool, entry["check"], tuple(entry["resources"]), entry["reason"])
        for tool, entries in yaml.safe_load(file.read_text(encoding="utf-8")).items()
        for entry in entries
    ]


def complaints(findings: Sequence[Finding], explained: Sequence[Explained]) -> Iterator[str]:
    """Yield each finding without an exception, and each pattern of an exception without one."""
    for finding in sorted(set(findings)):
        if not any(exception.covers(finding) for exception in explained):
            yield str(finding)
    for exception in explained:
        resources = {finding.resource for finding in findings if exception.covers(finding)}
        for pattern in exception.resources:
            if not any(fnmatchcase(resource, pattern) for resource in resources):
                yield (
                    f"{exception.tool} {exception.check}: nothing is found for {pattern} any more; "
                    "take it out of tools/static_checks/exceptions.yaml"
                )
