"""Every step that may come next, in a Region and between the Regions.

A label says what happened, so that a path of labels reads as a history.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.protocol.orchestrator import close, execute
from tests.protocol.people import operate, upload
from tests.protocol.reconciler import reconcile
from tests.protocol.rules import Rules
from tests.protocol.state import UPLOAD, Place, Step, other
from tests.protocol.tables import Places, Table
from tests.protocol.trigger import trigger
from tests.protocol.watcher import watch


def steps_in(rules: Rules, table: Table, place: Place) -> Iterator[Step]:
    """All steps of a Region. They depend on its place only, but for their guard and budget."""
    news = other(place.dns)
    label = f"the resolver of {place.region} names {news}"
    yield Step(label, place._replace(dns=news), guard="resolver")
    for version in sorted(place.events):
        yield from trigger(rules, table, place, version)
    for execution in sorted(place.executions):
        yield from execute(rules, table, place, execution)
    for number in sorted(place.ended_badly):
        yield from close(rules, table, place, number)
    yield from reconcile(rules, table, place)
    yield from watch(rules, place)
    yield from operate(rules, table, place)
    yield from upload(place)


def steps_between(table: Table, source: Place, target: Place) -> Iterator[tuple[str, Places, str]]:
    """Replication from one Region to the other: label, both places, and what it costs."""
    for label, sender, receiver in table.deliveries(source, target):
        yield label, (sender, receiver), ""
    for version in sorted(source.bucket - target.bucket):
        bucket, events = target.bucket | {version}, target.events | {version}
        arrived = target._replace(bucket=bucket, events=events)
        is_free = version == UPLOAD or version.is_stray
        label = f"{version.name} reaches {target.region}"
        yield label, (source, arrived), "" if is_free else "replicas"
