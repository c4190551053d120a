"""S3 replication: versions that rules cover arrive elsewhere after a lag, if the role may do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.iam.models import iam_backends
from moto.s3.models import FakeDeleteMarker, FakeKey

from localcloud.cloud import Cloud
from localcloud.delay_queue import Channel, DelayQueue, Pause
from localcloud.gateway import moto_bridge
from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.ledger import Entry
from localcloud.gateway.principals import Principal, role_session
from localcloud.gateway.service import Service
from localcloud.s3.changes import Change, header
from localcloud.s3.peers import Authority
from localcloud.s3.replication_rules import ReplicationRule, matching, rules_of, with_ids
from localcloud.s3.store import Store, Version

PENDING, COMPLETED, FAILED, REPLICA = "PENDING", "COMPLETED", "FAILED", "REPLICA"
_OF_SOURCE = ("s3:GetReplicationConfiguration", "s3:ListBucket")
_OF_VERSION = (
    "s3:GetObjectVersionForReplication",
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionTagging",
)


@dataclass(frozen=True)
class Job:
    """One version on its way from a bucket to another; or only its tags."""

    bucket: str
    version: Version
    rule: ReplicationRule
    role: str
    only_tags: bool = False


class Replication(Service):
    """The replication configurations of all buckets, the status of versions, and the copying."""

    service = "s3"
    falls_through = True

    def __init__(self, cloud: Cloud, store: Store, arrived: Callable[[Change], None]) -> None:
        self._cloud = cloud
        self._store = store
        self._arrived = arrived
        self._configurations: dict[str, dict[str, Any]] = {}
        self._rules: dict[str, list[ReplicationRule]] = {}
        # bucket, key, version id → destination ("" for a replica itself) → status
        self._status: dict[tuple[str, str, str], dict[str, str]] = {}
        self._queue: DelayQueue[Job] = DelayQueue(
            cloud.clock, cloud.settings.replication_lag, self._deliver, "s3-replication"
        )
        self.authority: Authority | None = None

    # The switches of a demonstration, a test, a FIS experiment.

    def pause(
        self, bucket: str | None = None, source: str | None = None, target: str | None = None
    ) -> None:
        """Stop what leaves ``bucket`` or Region ``source``, or goes to ``target`` (None: any)."""
        self._queue.pause(Pause(bucket, source, target))

    def resume(
        self, bucket: str | None = None, source: str | None = None, target: str | None = None
    ) -> None:
        """Take back the ``pause`` with the same arguments; what waited arrives at once."""
        self._queue.resume(Pause(bucket, source, target))

    def set_lag(self, seconds: float) -> None:
        """``seconds`` of AWS time; holds for what waits already."""
        self._queue.set_lag(seconds)

    def settled(self, timeout: float = 10.0) -> bool:
        """Wait until all that is not paused has arrived."""
        return self._queue.settled(timeout)

    def pending(self, bucket: str | None = None) -> int:
        """How many versions (of ``bucket``) have not arrived."""
        return self._queue.waiting(lambda channel: bucket in (None, channel.name))

    def backlog(self) -> list[tuple[Job, float]]:
        """What has not arrived, and for how many real seconds it has waited."""
        return self._queue.backlog()

    def rules(self) -> list[tuple[str, ReplicationRule]]:
        """Every enabled rule with its bucket."""
        return [(bucket, rule) for bucket, rules in self._rules.items() for rule in list(rules)]

    def close(self) -> None:
        self._queue.close()

    # API

    def put_bucket_replication(self, _: Call, **params: Any) -> dict[str, Any]:
        bucket = params["Bucket"]
        self._must_exist(bucket)
        if not self._store.is_versioned(bucket):
            raise _invalid(
                "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
            )
        configuration = with_ids(params["ReplicationConfiguration"])
        rules = rules_of(configuration)
        for rule in rules:
            self._check_destination(rule.destination, bucket)
        self._check_role(configuration["Role"], bucket)
        self._configurations[bucket], self._rules[bucket] = configuration, rules
        return {}

    def get_bucket_replication(self, _: Call, **params: Any) -> dict[str, Any]:
        self._must_exist(params["Bucket"])
        if params["Bucket"] not in self._configurations:
            raise ApiError(
                "ReplicationConfigurationNotFoundError",
                "The replication configuration was not found",
                404,
            )
        return {"ReplicationConfiguration": self._configurations[params["Bucket"]]}

    def delete_bucket_replication(self, _: Call, **params: Any) -> Response:
        self._must_exist(params["Bucket"])
        self.forget(params["Bucket"])
        return Response(204)

    def get_object(self, call: Call, **params: Any) -> Response:
        """moto's answer, with the replication status."""
        response = moto_bridge.dispatch(call)
        version = header(response, "x-amz-version-id")
        status = version and self.status(params["Bucket"], params["Key"], version)
        if status and response.status < 300:
            response.headers["x-amz-replication-status"] = status
        return response

    head_object = get_object

    # What happens to objects

    def status(self, bucket: str, key: str, version_id: str) -> str | None:
        """PENDING, COMPLETED, FAILED, REPLICA, or None for a version that no rule covers."""
        found = set(self._status.get((bucket, key, version_id), {}).values())
        return next((s for s in (FAILED, PENDING, COMPLETED, REPLICA) if s in found), None)

    def changed(self, change: Change) -> None:
        """Queue what the bucket's rules cover. Removal of a version is never replicated."""
        version = change.version
        if change.removed_version_id:
            self._status.pop((change.bucket, change.key, change.removed_version_id), None)
        if change.bucket not in self._rules or version is None or version.version_id == "null":
            return
        if isinstance(version, FakeKey):
            if version.encryption == "aws:kms":
                return  # not without SseKmsEncryptedObjects, which rules_of refuses
            rules = matching(self._rules[change.bucket], change.key, self._store.tags(version))
        else:
            rules = [
                rule
                for rule in matching(self._rules[change.bucket], change.key, {})
                if rule.delete_markers
            ]
        for rule in rules:
            self._enqueue(change.bucket, version, rule)

    def tagged(self, bucket: str, version: Version | None) -> None:
        """Tags that change later follow the version."""
        if isinstance(version, FakeKey):
            known = self._status.get((bucket, version.name, version.version_id), {})
            for rule in self._rules.get(bucket, []):
                if rule.destination in known:
                    self._enqueue(bucket, version, rule, only_tags=True)

    def forget(self, bucket: str) -> None:
        self._configurations.pop(bucket, None)
        self._rules.pop(bucket, None)

    def _enqueue(
        self, bucket: str, version: Version, rule: ReplicationRule, only_tags: bool = False
    ) -> None:
        role = self._configurations[bucket]["Role"]
        self._set_status(bucket, version, rule.destination, PENDING)
        channel = Channel(
            bucket,
            self._store.region(bucket) or "",
            self._store.region(rule.destination) or "",
        )
        self._queue.put(channel, Job(bucket, version, rule, role, only_tags))

    def _deliver(self, _: Channel, job: Job) -> None:
        outcome = FAILED
        try:
            if self._store.version(job.bucket, job.version.name, job.version.version_id) is None:
                return  # deleted for good before its turn came: nothing to copy
            if self._may(job) and self._store.is_versioned(job.rule.destination):
                self._copy(job)
                outcome = COMPLETED
        finally:
            self._set_status(job.bucket, job.version, job.rule.destination, outcome)

    def _copy(self, job: Job) -> None:
        destination, version = job.rule.destination, job.version
        if isinstance(version, FakeDeleteMarker):
            self._store.replicate_marker(version, destination)
            return
        if job.only_tags:
            self._store.copy_tags(version, destination)
            return
        self._set_status(destination, version, "", REPLICA)
        self._store.replicate(version, destination, job.rule.storage_class)
        self._arrived(
            Change(
                "ObjectCreated:Put",
                destination,
                version.name,
                role_session(job.role, "s3-replication").arn,
                version=self._store.version(destination, version.name, version.version_id),
            )
        )

    def _may(self, job: Job) -> bool:
        """Whether the role may do all that replication does; what it asks for is in the ledger."""
        principal = role_session(job.role, "s3-replication")
        source, destination = (f"arn:aws:s3:::{b}" for b in (job.bucket, job.rule.destination))
        key = job.version.name
        needed = [(action, source, job.bucket) for action in _OF_SOURCE]
        if isinstance(job.version, FakeDeleteMarker):
            needed.append(("s3:ReplicateDelete", f"{destination}/{key}", job.rule.destination))
        else:
            needed += [(action, f"{source}/{key}", job.bucket) for action in _OF_VERSION]
            if not job.only_tags:
                needed.append(("s3:ReplicateObject", f"{destination}/{key}", job.rule.destination))
            if job.only_tags or self._store.tags(job.version):
                needed.append(("s3:ReplicateTags", f"{destination}/{key}", job.rule.destination))
        return all(self._allowed(principal, *one) for one in needed)

    def _allowed(self, principal: Principal, action: str, resource: str, bucket: str) -> bool:
        allowed = self.authority is None or (
            self.authority.allows(principal, action, resource).allowed
        )
        region = self._store.region(bucket) or ""
        outcome = ("ok", 200) if allowed else ("AccessDenied", 403)
        self._cloud.ledger.record(
            Entry(self._cloud.clock.now(), region, principal.arn, action, resource, *outcome)
        )
        return allowed

    def _set_status(self, bucket: str, version: Version, destination: str, status: str) -> None:
        key = (bucket, version.name, version.version_id)
        self._status.setdefault(key, {})[destination] = status

    def _must_exist(self, bucket: str) -> None:
        if self._store.bucket(bucket) is None:
            raise ApiError("NoSuchBucket", "The specified bucket does not exist", 404)

    def _check_destination(self, destination: str, source: str) -> None:
        if destination == source:
            raise _invalid("Source and destination bucket must be different.")
        if self._store.bucket(destination) is None:
            raise _invalid("Destination bucket must exist.")
        if not self._store.is_versioned(destination):
            raise _invalid("Destination bucket must have versioning enabled.")

    def _check_role(self, arn: str, bucket: str) -> None:
        """The role exists and trusts S3. AWS finds the latter out later: every object FAILs."""
        with moto_bridge.service_lock("iam"):
            roles = iam_backends[self._cloud.settings.account_id]["aws"].roles.values()
            if not any(role.arn == arn for role in roles):
                raise ApiError("InvalidArgument", f"Invalid Role Arn: {arn} does not exist", 400)
        if self.authority and not self.authority.can_assume(
            arn, "s3.amazonaws.com", f"arn:aws:s3:::{bucket}"
        ):
            raise ApiError("InvalidArgument", f"S3 is not allowed to assume the role {arn}", 400)


def _invalid(why: str) -> ApiError:
    return ApiError("InvalidRequest", why, 400)
