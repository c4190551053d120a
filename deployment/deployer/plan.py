"""Which stacks a deployment has, where, and what each is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .settings import Settings

ROOT = Path(__file__).parents[2]
LOGS = ROOT / ".build" / "log"
# The control planes of ARC and of Multi-Region Access Points live here, whatever the two Regions.
GLOBAL_REGION = "us-west-2"

Parameters = dict[str, str]


class Stopped(Exception):
    """It cannot go on; the message says why and what to do, as the operator is to read it."""


@dataclass(frozen=True)
class Stack:
    """A stack by its name and Region; the template is a path from the root of the repository."""

    name: str
    region: str
    template: str

    def __str__(self) -> str:
        return f"{self.name} in {self.region}"

    @property
    def log(self) -> Path:
        """Where `sam deploy` writes."""
        return LOGS / f"{self.name}.{self.region}.log"


class Plan:
    """The stacks of one ENV."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        primary, secondary = settings.regions
        self.foundations = self._stack("foundation", primary), self._stack("foundation", secondary)
        self.shared = self._stack("global", GLOBAL_REGION, "global-resources.yaml")
        self.tables = self._stack("tables", primary)
        self.standby = self._stack("standby", secondary, "template-standby.yaml")
        self.primary = self._stack("primary", primary, "template-primary.yaml")
        self.experiments = self._stack("chaos", primary), self._stack("chaos", secondary)

    def _stack(self, kind: str, region: str, template: str = "") -> Stack:
        path = template or f"templates/{kind}.yaml"
        return Stack(f"batch-{kind}{self.settings.env}", region, path)

    def all(self) -> list[Stack]:
        """In the order in which they are made."""
        applications = [self.standby, self.primary]
        return [*self.foundations, self.shared, self.tables, *applications, *self.experiments]

    def foundation(self, region: str) -> Stack:
        return self.foundations[self.settings.regions.index(region)]

    def bucket(self, account: str, region: str) -> str:
        return f"batch-{account}-{region}{self.settings.env}"

    def own(self) -> Parameters:
        """The parameter that every template has."""
        return {"Env": self.settings.env}

    def regions(self) -> Parameters:
        return {
            "PrimaryRegion": self.settings.primary_region,
            "SecondaryRegion": self.settings.secondary_region,
        }
