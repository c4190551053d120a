"""Failover routing: which of several records of one name and type answers.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html, ``Failover``
and ``HealthCheckId``.
"""

from collections.abc import Callable, Sequence

from moto.route53.models import RecordSet

IsHealthy = Callable[[RecordSet], bool]  # True for a record without a health check


def choose(records: Sequence[RecordSet], is_healthy: IsHealthy) -> RecordSet:
    """Choose a healthy primary, or a healthy secondary, or primary "regardless of the health".

    ``records`` is not empty; a simple record is the only one of its name and type.
    """
    by_role = {record.failover: record for record in records}
    primary, secondary = by_role.get("PRIMARY"), by_role.get("SECONDARY")
    for record in (primary, secondary):
        if record is not None and is_healthy(record):
            return record
    return primary or records[0]
