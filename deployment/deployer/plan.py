"""The stacks of a deployment, and the names that its templates derive from ENV."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .settings import Settings

ROOT = Path(__file__).parents[2]
BUILD = ROOT / ".build"
LOGS = BUILD / "log"
DEPLOYED = BUILD / "deployed"
# The control planes of ARC and of Multi-Region Access Points are here, whatever the two Regions.
GLOBAL_REGION = "us-west-2"

Parameters = dict[str, str]


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
        """The file that `sam deploy` writes to."""
        return LOGS / f"{self.name}.{self.region}.log"

    @property
    def note(self) -> Path:
        """The file that says what was deployed last from here."""
        return DEPLOYED / f"{self.name}.{self.region}.json"


class Plan:
    """The stacks of one ENV."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.env = settings.env
        primary, secondary = settings.regions
        self.foundations = self._stack("foundation", primary), self._stack("foundation", secondary)
        self.shared = self._stack("global", GLOBAL_REGION, "global-resources.yaml")
        self.tables = self._stack("tables", primary)
        self.standby = self._stack("standby", secondary, "template-standby.yaml")
        self.primary = self._stack("primary", primary, "template-primary.yaml")
        self.experiments = self._stack("chaos", primary), self._stack("chaos", secondary)

    def _stack(self, kind: str, region: str, template: str = "") -> Stack:
        path = template or f"templates/{kind}.yaml"
        return Stack(f"batch-{kind}{self.env}", region, path)

    def permanent_stacks(self) -> list[Stack]:
        """All but the experiments, in the order in which they are created."""
        return [*self.foundations, self.shared, self.tables, self.standby, self.primary]

    def all_stacks(self) -> list[Stack]:
        return [*self.permanent_stacks(), *self.experiments]

    def foundation(self, region: str) -> Stack:
        return self.foundations[self.settings.regions.index(region)]

    def bucket(self, account: str, region: str) -> str:
        return f"batch-{account}-{region}{self.env}"

    def function(self, name: str) -> str:
        return f"batch-{name}{self.env}"

    def runbook(self) -> str:
        """The default ENV has the plain name, by which operators know the runbook."""
        return f"AutomationFailoverRunbook{'' if self.env == '-dev' else self.env}"

    def env_parameter(self) -> Parameters:
        """The parameter that every template has."""
        return {"Env": self.env}

    def region_parameters(self) -> Parameters:
        return {
            "PrimaryRegion": self.settings.primary_region,
            "SecondaryRegion": self.settings.secondary_region,
        }
