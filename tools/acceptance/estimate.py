"""What an acceptance run costs on AWS, by the list prices of tools/cost/prices.yaml."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tools.cost.assumptions import read_assumptions
from tools.cost.idle import HOURS, Standing, idle_month
from tools.cost.prices import Prices, read_prices

# As long as a run has to be expected to take on AWS: deploy 45 min, failover and failback 17 each,
# files 15, destroy 45. Not measured yet.
EXPECTED_HOURS = 2.5
# Where deleting is slow, or something is tried twice.
MOST_HOURS = 5.0
# "Each partial VPC endpoint-hour consumed is billed as a full hour"; of the cluster AWS tells no
# rule for a part of an hour: the whole hour is the worse case.
_BY_STARTED_HOUR = ("ARC cluster", "Interface endpoint in a zone")
# About 30 files of 2,000 rows in all, at $10 a million records, their mails, and what else is used.
USE_DOLLARS = 1.00
_PRICES = read_prices()


@dataclass(frozen=True)
class HourlyPrice:
    """``count`` things at ``dollars`` each, for every hour or for each hour that has begun."""

    subject: str
    count: int
    dollars: float
    source: str
    is_by_started_hour: bool = False

    def cost(self, hours: float) -> float:
        billed = math.ceil(hours) if self.is_by_started_hour else hours
        return self.count * self.dollars * billed


def _hourly(standing: Standing, prices: Prices) -> HourlyPrice:
    price = prices.monthly[standing.name]
    return HourlyPrice(
        standing.name,
        standing.count,
        price.dollars / HOURS,
        price.source,
        is_by_started_hour=standing.name in _BY_STARTED_HOUR,
    )


# What stands in both Regions, counted in the templates.
HOURLY_PRICES = tuple(
    _hourly(standing, _PRICES) for standing in idle_month(_PRICES, read_assumptions()).standing
)


def cost(hours: float) -> float:
    """Dollars for a deployment that stands so long."""
    return sum(price.cost(hours) for price in HOURLY_PRICES) + USE_DOLLARS


def estimate_text() -> str:
    """The estimate, with what it is made of."""
    lines = [
        f"On AWS this costs about ${cost(EXPECTED_HOURS):.2f} if it takes {EXPECTED_HOURS:g} hours,"
        f" and ${cost(MOST_HOURS):.2f} if it takes {MOST_HOURS:g}",
        f"(prices of us-east-1, noted on {_PRICES.date}, without taxes; no run has measured the"
        " time):",
    ]
    lines += [_line(price) for price in HOURLY_PRICES]
    lines.append(f"  ${USE_DOLLARS:8.4f}       at most for what is used: about 30 files, 30 mails")
    lines.append("What is not destroyed goes on costing; the last lines say whether all is gone.")
    return "\n".join(lines)


def _line(price: HourlyPrice) -> str:
    hourly = price.count * price.dollars
    return f"  ${hourly:8.4f}/hour  {price.count} x {price.subject} ({price.source})"
