"""Route 53's routing policies: which of several records of one name and type answers.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html, ``Failover``,
``Weight`` and ``HealthCheckId``.
"""

import random
from collections.abc import Callable, Sequence

from moto.route53.models import RecordSet

IsHealthy = Callable[[RecordSet], bool]  # True for a record without a health check


class NotEmulatedRouting(Exception):
    """The answer depends on something that is not emulated; the server says SERVFAIL."""


def choose(records: Sequence[RecordSet], is_healthy: IsHealthy, rng: random.Random) -> RecordSet:
    """Choose one of ``records``, which is not empty."""
    first = records[0]
    if any(record.alias_target for record in records):
        raise NotEmulatedRouting(f"alias record {first.name} {first.type}")
    if first.set_identifier is None:
        return first
    if first.failover:
        return _failover(records, is_healthy)
    if first.weight is not None:
        return _weighted(records, is_healthy, rng)
    raise NotEmulatedRouting(f"routing policy of {first.name} {first.type}")


def _failover(records: Sequence[RecordSet], is_healthy: IsHealthy) -> RecordSet:
    """Choose a healthy primary, or a healthy secondary, or primary "regardless of the health"."""
    by_role = {record.failover: record for record in records}
    primary, secondary = by_role.get("PRIMARY"), by_role.get("SECONDARY")
    for record in (primary, secondary):
        if record is not None and is_healthy(record):
            return record
    return primary or records[0]


def _weighted(records: Sequence[RecordSet], is_healthy: IsHealthy, rng: random.Random) -> RecordSet:
    """If none is healthy, "Route 53 considers all resource record sets in the group healthy"."""
    candidates = [record for record in records if is_healthy(record)] or list(records)
    weights = [int(record.weight or 0) for record in candidates]
    if not any(weights):
        # Healthy records of weight zero answer only if nothing else does, all alike.
        return rng.choice(candidates)
    return rng.choices(candidates, weights)[0]
