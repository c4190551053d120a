"""The Batch State table: one row a run, and every change of a row is conditional.

The table is a global one. A condition is judged on the local copy only, so it protects against
doubles within a Region; that two Regions never own one run is the business of the fence.

Whoever takes a run over counts its `attempt` up. A late write of the other Region can still
replace the newer row (the last writer wins), so the condition of an owner is that the row names no
later attempt: what was overwritten is taken back.

The SDK repeats a write whose reply was lost. So a condition also holds for a row that this very
write has made already; the time in it, or the message id, tells that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize

# A failed run may be redriven, so it can still end well; nothing reopens the other two.
OPEN = "#status IN (:started, :failed)"
STATUSES = {":started": "STARTED", ":failed": "FAILED"}
OURS = "(#attempt < :attempt OR (#attempt = :attempt AND #region = :region))"
# A mail that was claimed and whose fate is unknown: see docs/decisions.md.
UNCERTAIN = "(attribute_exists(#mail_claimed_at) AND attribute_not_exists(#mail_message_id))"
# Free, or taken by this very write.
UNCLAIMED = "(attribute_not_exists(#mail_claimed_at) OR #mail_claimed_at = :mail_claimed_at)"
# Completed by this very write.
DONE = "#mail_message_id = :mail_message_id"
INDEX = "by-status"
BATCH = 100  # keys that BatchGetItem takes
PAGE = 500  # rows that are worked on between two looks at the clock


class Owner(NamedTuple):
    """Who works on a run: a Region, with its attempt."""

    region: str
    attempt: int


def now() -> str:
    """ISO 8601, UTC, to the millisecond, with `Z`: sorts as text."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class StateTable:
    """The rows of the runs, as plain Python values. Errors are botocore's."""

    def __init__(self, dynamodb: DynamoDBClient, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def create(self, row: Mapping[str, Any]) -> bool:
        """Store a new row; False, and nothing changed, if the run has one already."""
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item={name: _serialize(value) for name, value in row.items()},
                ConditionExpression="attribute_not_exists(run_id)",
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def get(self, run_id: str) -> dict[str, Any] | None:
        """The row, read consistently, or None."""
        found = self._dynamodb.get_item(
            TableName=self._table, Key={"run_id": {"S": run_id}}, ConsistentRead=True
        )
        item = found.get("Item")
        return _plain(item) if item else None

    def with_status(self, status: str, since: str = "") -> Iterator[list[dict[str, Any]]]:
        """Pages of the rows of a status that started at `since` or later, oldest first.

        Read from the index, which follows the table after a moment.
        """
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=INDEX,
            KeyConditionExpression="#status = :status AND started_at >= :since",
            ExpressionAttributeNames={"#status": "status"},
            # a key may not be compared with an empty text: every time sorts after a blank
            ExpressionAttributeValues={":status": {"S": status}, ":since": {"S": since or " "}},
            PaginationConfig={"PageSize": PAGE},
        )
        for page in pages:
            yield [_plain(item) for item in page["Items"]]

    def known(self, run_ids: Iterable[str]) -> set[str]:
        """Those of the runs that have a row."""
        wanted, found = sorted(set(run_ids)), set[str]()
        while wanted:
            keys: Any = [{"run_id": {"S": run_id}} for run_id in wanted[:BATCH]]
            request: Any = {"Keys": keys, "ProjectionExpression": "run_id", "ConsistentRead": True}
            answer = self._dynamodb.batch_get_item(RequestItems={self._table: request})
            found |= {item["run_id"]["S"] for item in answer["Responses"].get(self._table, [])}
            left: Any = answer["UnprocessedKeys"].get(self._table, {"Keys": []})
            wanted = [key["run_id"]["S"] for key in left["Keys"]] + wanted[BATCH:]
        return found

    def take_over(self, row: Mapping[str, Any], region: str) -> bool:
        """Make the row the next attempt, of `region`; False if it is not as it was read.

        Never one with an uncertain mail, nor one that is closed.
        """
        at = now()
        values = {
            "status": "STARTED",
            "region": region,
            "attempt": row["attempt"] + 1,
            "requeued_at": at,
            "updated_at": at,
        }
        seen = {":seen": row["attempt"], ":owner": row["region"]}
        untouched = f"{OPEN} AND #attempt = :seen AND #region = :owner AND NOT {UNCERTAIN}"
        done = "#attempt = :attempt AND #region = :region AND #requeued_at = :requeued_at"
        condition = f"({untouched}) OR ({done} AND #status = :status)"
        old = ["error", "reason", "mail_claimed_at", "mail_message_id"]
        return self._update(row["run_id"], values, condition, seen, drop=old)

    def not_requeued(self, run_id: str, owner: Owner) -> bool:
        """After a copy that was not made: the next pass need not wait for its execution."""
        given = {":region": owner.region, ":attempt": owner.attempt}
        condition = "#region = :region AND #attempt = :attempt"
        return self._update(run_id, {"updated_at": now()}, condition, given, drop=["requeued_at"])

    def claim_mail(self, run_id: str, at: str, owner: Owner) -> bool:
        """Take the right to send the mail of a run that ended well, once.

        A claim whose mail was accepted belongs to the notice of an earlier failure: the run was
        redriven since, and gets a mail of its own.
        """
        free = f"({UNCLAIMED} OR attribute_exists(#mail_message_id))"
        claim = {"mail_claimed_at": at, "updated_at": at, **owner._asdict()}
        condition = f"{OPEN} AND {OURS} AND {free}"
        return self._update(run_id, claim, condition, drop=["mail_message_id"])

    def claim_failure_mail(self, run_id: str, at: str, owner: Owner) -> bool:
        """Take the right to send the notice of a failure; only if this attempt claimed no mail."""
        condition = f"{OPEN} AND {OURS} AND {UNCLAIMED}"
        claim = {"mail_claimed_at": at, "updated_at": at, **owner._asdict()}
        return self._update(run_id, claim, condition)

    def release_mail(self, run_id: str, claim: str) -> bool:
        """Give a claim back, after a mail that was certainly not sent."""
        condition = "#mail_claimed_at = :claim"
        given = {":claim": claim}
        return self._update(
            run_id, {"updated_at": now()}, condition, given, drop=["mail_claimed_at"]
        )

    def complete(self, run_id: str, claim: str, result: Mapping[str, Any]) -> bool:
        """COMPLETED, by the holder of the claim, with the attributes of `result`."""
        at = now()
        values = {"status": "COMPLETED", "completed_at": at, "updated_at": at, **result}
        condition = f"({OPEN} OR {DONE}) AND #mail_claimed_at = :claim"
        return self._update(run_id, values, condition, {":claim": claim}, drop=["error", "reason"])

    def fail(self, run_id: str, error: str, reason: str, owner: Owner) -> bool:
        """FAILED with its reason; False for a run that is closed, unknown or another's by now."""
        values = {"status": "FAILED", "error": error, "reason": reason, "updated_at": now()}
        return self._update(run_id, values | owner._asdict(), f"{OPEN} AND {OURS}")

    def note_failure_mail(self, run_id: str, claim: str, message_id: str) -> bool:
        """Keep the message id of a failure's notice."""
        values = {"mail_message_id": message_id, "updated_at": now()}
        return self._update(run_id, values, "#mail_claimed_at = :claim", {":claim": claim})

    def _update(
        self,
        run_id: str,
        values: Mapping[str, Any],
        condition: str,
        given: Mapping[str, Any] | None = None,
        drop: list[str] | None = None,
    ) -> bool:
        """Set `values` and remove `drop`; False if the condition does not hold."""
        update = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        if drop:
            update += " REMOVE " + ", ".join(f"#{name}" for name in drop)
        # Several attributes (`status`, `key`, `error`) are reserved words: alias every name.
        names = {f"#{name}": name for name in re.findall(r"#(\w+)", f"{update} {condition}")}
        known: dict[str, Any] = STATUSES | dict(given or {})
        used = {alias: value for alias, value in known.items() if alias in condition}
        used |= {f":{name}": value for name, value in values.items()}
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"run_id": {"S": run_id}},
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={a: _serialize(value) for a, value in used.items()},
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _deserialize(value) for name, value in item.items()}
