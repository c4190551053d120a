"""S3 replication: versions that rules cover arrive elsewhere after a lag, if the role may do it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.iam.models import iam_backends
from moto.s3.models import FakeDeleteMarker, FakeKey

from localcloud.cloud import Cloud
from localcloud.delay_queue import Channel, DelayQueue
from localcloud.gateway import moto_bridge
from localcloud.gateway.errors import ApiError, require
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.ledger import Entry
from localcloud.gateway.principals import Principal, role_session
from localcloud.gateway.service import Service
from localcloud.iam import Authority
from localcloud.s3 import store
from localcloud.s3.changes import Change, header
from localcloud.s3.replication_rules import ReplicationRule, matching, rules_of, with_ids
from localcloud.s3.store import Version
from localcloud.settings import ACCOUNT_ID
from localcloud.usage import units

PENDING, COMPLETED, FAILED, REPLICA = "PENDING", "COMPLETED", "FAILED", "REPLICA"
_SOURCE_ACTIONS = ("s3:GetReplicationConfiguration", "s3:ListBucket")
_VERSION_ACTIONS = (
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


class Replication(Service, DelayQueue[Job]):
    """The replication configurations of all buckets, the status of versions, and the copying.

    ``authority`` decides what roles may do; without one they may do all. ``on_arrival`` is called
    with each object that has arrived.
    """

    service = "s3"
    falls_through = True

    def __init__(
        self,
        cloud: Cloud,
        authority: Authority | None,
        on_arrival: Callable[[Change], None],
    ) -> None:
        lag = cloud.settings.replication_lag
        super().__init__(cloud.clock, lag, self._arrive, "s3-replication")
        self._cloud = cloud
        self.authority = authority
        self._on_arrival = on_arrival
        self._configurations: dict[str, dict[str, Any]] = {}
        self._rules: dict[str, list[ReplicationRule]] = {}
        # bucket, key, version id → destination ("" for a replica itself) → status
        self._status: dict[tuple[str, str, str], dict[str, str]] = {}
        # Since they were last taken, by bucket and id of the rule.
        self._failures: Counter[tuple[str, str]] = Counter()

    def rules(self) -> list[tuple[str, ReplicationRule]]:
        """Return every enabled rule with its bucket."""
        return [(bucket, rule) for bucket, rules in self._rules.items() for rule in list(rules)]

    def take_failures(self, bucket: str, rule: str) -> int:
        """Return how many operations of the rule have failed since the last call."""
        return self._failures.pop((bucket, rule), 0)

    # API

    def put_bucket_replication(self, _: Call, **params: Any) -> dict[str, Any]:
        bucket = params["Bucket"]
        store.existing_region(bucket)
        message = "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
        require(store.is_versioned(bucket), "InvalidRequest", message)
        configuration = with_ids(params["ReplicationConfiguration"])
        rules = rules_of(configuration)
        for rule in rules:
            self._check_destination(rule.destination, bucket)
        self._check_role(configuration["Role"], bucket)
        self._configurations[bucket], self._rules[bucket] = configuration, rules
        return {}

    def put_bucket_versioning(self, call: Call, **params: Any) -> Response:
        """https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-and-other-bucket-configs.html"""
        message = (
            "A replication configuration is present on this bucket, so you cannot change the"
            " versioning state. To change the versioning state, first delete the replication"
            " configuration."
        )
        is_kept = params["VersioningConfiguration"]["Status"] == "Enabled"
        is_free = params["Bucket"] not in self._configurations
        require(is_kept or is_free, "InvalidBucketState", message, 409)
        return moto_bridge.dispatch(call)

    def get_bucket_replication(self, _: Call, **params: Any) -> dict[str, Any]:
        store.existing_region(params["Bucket"])
        if configuration := self._configurations.get(params["Bucket"]):
            return {"ReplicationConfiguration": configuration}
        message = "The replication configuration was not found"
        raise ApiError("ReplicationConfigurationNotFoundError", message, 404)

    def delete_bucket_replication(self, _: Call, **params: Any) -> Response:
        store.existing_region(params["Bucket"])
        self.forget(params["Bucket"])
        return Response(204)

    def get_object(self, call: Call, **params: Any) -> Response:
        """Return moto's answer, with the replication status."""
        response = moto_bridge.dispatch(call)
        version = header(response, "x-amz-version-id")
        status = version and self.status(params["Bucket"], params["Key"], version)
        if status and response.status < 300:
            response.headers["x-amz-replication-status"] = status
        return response

    head_object = get_object

    # Objects

    def status(self, bucket: str, key: str, version_id: str) -> str | None:
        """Return PENDING, COMPLETED, FAILED, REPLICA, or None if no rule covers the version."""
        statuses = self._status.get((bucket, key, version_id), {}).values()
        return next((s for s in (FAILED, PENDING, COMPLETED, REPLICA) if s in statuses), None)

    def replicate(self, change: Change) -> None:
        """Queue what the bucket's rules cover. Removal of a version is never replicated."""
        version = change.version
        if change.removed_version_id:
            self._status.pop((change.bucket, change.key, change.removed_version_id), None)
        if change.bucket not in self._rules or version is None or version.version_id == "null":
            return
        if isinstance(version, FakeKey) and version.encryption == "aws:kms":
            return  # not without SseKmsEncryptedObjects, which rules_of refuses
        for rule in matching(self._rules[change.bucket], change.key):
            if rule.delete_markers or not change.is_marker:
                self._enqueue(change.bucket, version, rule)

    def replicate_tags(self, bucket: str, version: Version | None) -> None:
        """Queue the tags of a version that has been replicated."""
        if isinstance(version, FakeKey):
            destinations = self._status.get((bucket, version.name, version.version_id), {})
            for rule in self._rules.get(bucket, []):
                if rule.destination in destinations:
                    self._enqueue(bucket, version, rule, only_tags=True)

    def forget(self, bucket: str) -> None:
        self._configurations.pop(bucket, None)
        self._rules.pop(bucket, None)

    def _enqueue(
        self, bucket: str, version: Version, rule: ReplicationRule, only_tags: bool = False
    ) -> None:
        role = self._configurations[bucket]["Role"]
        self._set_status(bucket, version, rule.destination, PENDING)
        source, target = store.region_of(bucket), store.region_of(rule.destination)
        channel = Channel(bucket, source or "", target or "")
        self.put(channel, Job(bucket, version, rule, role, only_tags))

    def _arrive(self, _: Channel, job: Job) -> None:
        status = FAILED
        try:
            if store.find_version(job.bucket, job.version.name, job.version.version_id) is None:
                return  # deleted for good before its turn came: nothing to copy
            if self._is_permitted(job) and store.is_versioned(job.rule.destination):
                self._copy(job)
                status = COMPLETED
        finally:
            self._failures[job.bucket, job.rule.id] += status == FAILED
            self._set_status(job.bucket, job.version, job.rule.destination, status)

    def _copy(self, job: Job) -> None:
        destination, version = job.rule.destination, job.version
        if isinstance(version, FakeDeleteMarker):
            store.replicate_marker(version, destination)
            return
        if job.only_tags:
            store.copy_tags(version, destination)
            return
        self._count_usage(job, version)
        self._set_status(destination, version, "", REPLICA)
        store.replicate(version, destination, job.rule.storage_class)
        replica = store.find_version(destination, version.name, version.version_id)
        principal = role_session(job.role, "s3-replication").arn
        self._on_arrival(
            Change("ObjectCreated:Put", destination, version.name, principal, version=replica)
        )

    def _count_usage(self, job: Job, version: FakeKey) -> None:
        """The PUT is billed where the replica is, the rest where it comes from."""
        add, source = self._cloud.usage.add, store.region_of(job.bucket) or ""
        target = store.region_of(job.rule.destination) or ""
        add(units.REPLICATED_OBJECTS, target, job.rule.destination)
        add(units.REPLICATED_BYTES, source, job.bucket, version.size)
        if job.rule.time_control:
            add(units.RTC_BYTES, source, job.bucket, version.size)

    def _is_permitted(self, job: Job) -> bool:
        """Whether the role may do all that replication does; the ledger records each action."""
        principal = role_session(job.role, "s3-replication")
        source, destination = job.bucket, job.rule.destination
        key = f"/{job.version.name}"
        actions = [(action, source, "") for action in _SOURCE_ACTIONS]
        if isinstance(job.version, FakeDeleteMarker):
            actions.append(("s3:ReplicateDelete", destination, key))
        else:
            actions += [(action, source, key) for action in _VERSION_ACTIONS]
            if not job.only_tags:
                actions.append(("s3:ReplicateObject", destination, key))
            if job.only_tags or store.tags_of(job.version):
                actions.append(("s3:ReplicateTags", destination, key))
        return all(self._is_allowed(principal, *action) for action in actions)

    def _is_allowed(self, principal: Principal, action: str, bucket: str, key: str) -> bool:
        resource = f"arn:aws:s3:::{bucket}{key}"
        is_allowed = self.authority is None or (
            self.authority.allows(principal, action, resource).allowed
        )
        region = store.region_of(bucket) or ""
        outcome = ("ok", 200) if is_allowed else ("AccessDenied", 403)
        self._cloud.ledger.record(
            Entry(self._cloud.clock.now(), region, principal.arn, action, resource, *outcome)
        )
        return is_allowed

    def _set_status(self, bucket: str, version: Version, destination: str, status: str) -> None:
        key = (bucket, version.name, version.version_id)
        self._status.setdefault(key, {})[destination] = status

    def _check_destination(self, destination: str, source: str) -> None:
        code = "InvalidRequest"
        require(destination != source, code, "Source and destination bucket must be different.")
        require(store.find_bucket(destination), code, "Destination bucket must exist.")
        is_versioned = store.is_versioned(destination)
        require(is_versioned, code, "Destination bucket must have versioning enabled.")

    def _check_role(self, arn: str, bucket: str) -> None:
        """The role must exist and trust S3; AWS finds the latter out later: every object FAILs."""
        with moto_bridge.service_lock("iam"):
            roles = iam_backends[ACCOUNT_ID]["aws"].roles.values()
            exists = any(role.arn == arn for role in roles)
        require(exists, "InvalidArgument", f"Invalid Role Arn: {arn} does not exist")
        is_trusted = self.authority is None or self.authority.can_assume(
            arn, "s3.amazonaws.com", f"arn:aws:s3:::{bucket}"
        )
        message = f"S3 is not allowed to assume the role {arn}"
        require(is_trusted, "InvalidArgument", message)
