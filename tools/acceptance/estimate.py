"""What an acceptance run costs on AWS: every price with its source, in this file only.

Prices of us-east-1 in US dollars, without taxes and free tiers, noted on 2026-11-26. They change:
the pages are the authority, and none of them was opened for this. Of PrivateLink a copy of the
page had the rule, and other sites the price; the cluster and what is used are those of the
README and the project's notes; alarm and key were known prices that nobody has compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

NOTED_ON = "2026-11-26"
# As long as a run has to be expected to take on AWS: deploy 45 min, failover and failback 17 each,
# files 15, destroy 45. Not measured yet.
EXPECTED_HOURS = 2.5
# Where deleting is slow, or something is tried twice.
MOST_HOURS = 5.0
_HOURS_OF_A_MONTH = 730


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


HOURLY_PRICES = (
    # The page tells no rule for a part of an hour; the whole hour is the worse case.
    HourlyPrice(
        "ARC cluster",
        1,
        2.50,
        "https://aws.amazon.com/application-recovery-controller/pricing/",
        is_by_started_hour=True,
    ),
    # "Each partial VPC endpoint-hour consumed is billed as a full hour."
    HourlyPrice(
        "interface endpoint in a zone: 3 services, 2 zones, 2 Regions",
        12,
        0.01,
        "https://aws.amazon.com/privatelink/pricing/",
        is_by_started_hour=True,
    ),
    HourlyPrice(
        "alarm: 18 in each Region, $0.10 a month",
        36,
        0.10 / _HOURS_OF_A_MONTH,
        "https://aws.amazon.com/cloudwatch/pricing/",
    ),
    # Not billed while it waits for its deletion.
    HourlyPrice(
        "KMS key: one in each Region, $1 a month",
        2,
        1.00 / _HOURS_OF_A_MONTH,
        "https://aws.amazon.com/kms/pricing/",
    ),
)
# About 30 files of 2,000 rows in all: Lambda, Step Functions ($0.025 a 1,000 transitions), DynamoDB
# ($0.625 a million writes), S3 with RTC ($0.015/GB) and transfer ($0.02/GB), SES ($0.10 a 1,000
# mails), API Gateway ($3.50 a million calls), logs ($0.50/GB), the hosted zone ($0.50, none if it
# is deleted within 12 hours) and the health check ($0.50 a month).
USE_DOLLARS = 1.00


def cost(hours: float) -> float:
    """Dollars for a deployment that stands so long."""
    return sum(price.cost(hours) for price in HOURLY_PRICES) + USE_DOLLARS


def estimate_text() -> str:
    """The estimate, with what it is made of."""
    lines = [
        f"On AWS this costs about ${cost(EXPECTED_HOURS):.2f} if it takes {EXPECTED_HOURS:g} hours,"
        f" and ${cost(MOST_HOURS):.2f} if it takes {MOST_HOURS:g}",
        f"(prices of us-east-1, noted on {NOTED_ON}, without taxes; no run has measured the time):",
    ]
    lines += [_line(price) for price in HOURLY_PRICES]
    lines.append(f"  ${USE_DOLLARS:8.4f}       at most for what is used: about 30 files, 30 mails")
    lines.append("What is not destroyed goes on costing; the last lines say whether all is gone.")
    return "\n".join(lines)


def _line(price: HourlyPrice) -> str:
    each = price.count * price.dollars
    return f"  ${each:8.4f}/hour  {price.count} x {price.subject} ({price.source})"
