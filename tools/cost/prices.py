"""The list prices of prices.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("prices.yaml")


@dataclass(frozen=True)
class Price:
    """``dollars`` for ``per`` units. ``checked`` is aws, other or no: see prices.yaml."""

    unit: str
    service: str
    dollars: float
    per: float
    checked: str
    source: str
    note: str = ""

    def cost(self, amount: float) -> float:
        return amount * self.dollars / self.per


@dataclass(frozen=True)
class Prices:
    """``used`` by unit; ``monthly`` by the name of what stands. They are of ``regions``."""

    used: dict[str, Price]
    monthly: dict[str, Price]
    regions: tuple[str, ...]
    date: str


def read_prices(file: Path = FILE) -> Prices:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    used = {unit: Price(unit=unit, **fields) for unit, fields in content["used"].items()}
    monthly = {
        name: Price(unit=name, service=name, per=1, **fields)
        for name, fields in content["monthly"].items()
    }
    return Prices(used, monthly, tuple(content["regions"]), str(content["date"]))
