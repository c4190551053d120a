"""Replication between Regions: of a bucket's objects, or of a global table's items."""

from __future__ import annotations

from localcloud.dynamodb.replicas import Replicas
from localcloud.s3.replication import Replication as ObjectReplication


class Replication:
    """``cloud.objects`` and ``cloud.items``; ``name`` is a bucket's or a table's."""

    def __init__(self, queue: ObjectReplication | Replicas) -> None:
        self._queue = queue

    def set_lag(self, seconds: float) -> None:
        """How many seconds of AWS time it takes, also for what is on its way."""
        self._queue.set_lag(seconds)

    def pause(
        self, name: str | None = None, source: str | None = None, target: str | None = None
    ) -> None:
        """Stop it, for one bucket or table and between two Regions, or for any."""
        self._queue.pause(name, source, target)

    def resume(
        self, name: str | None = None, source: str | None = None, target: str | None = None
    ) -> None:
        """Take back the ``pause`` with the same arguments; what waited arrives."""
        self._queue.resume(name, source, target)

    def pending(self, name: str | None = None) -> int:
        """How many versions or writes have not arrived."""
        return self._queue.pending(name)
