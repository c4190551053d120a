"""The policy of a resource, by its ARN, read from moto's backends."""

import logging
from collections.abc import Callable
from typing import Any

from moto.backends import get_backend

from localcloud.iam.policy import Policy, parsed

log = logging.getLogger(__name__)
Reader = Callable[[list[str]], str | None]  # the ARN, split at its first five colons


def _bucket_of(arn: list[str]) -> str | None:
    buckets = get_backend("s3").bucket_accounts  # type: ignore[attr-defined]  # S3's own kind of BackendDict
    name = arn[5].split("/", 1)[0]
    if arn[4] or name not in buckets:  # an access point's ARN has an account
        return None
    partition, account = buckets[name]
    bucket = get_backend("s3")[account][partition].buckets.get(name)
    return bucket.policy.decode() if bucket and bucket.policy else None


def _regional(service: str, arn: list[str]) -> Any:
    return get_backend(service)[arn[4]][arn[3]]  # type: ignore[call-overload]  # names are literals in moto


def _reader(service: str, resources: str, key: Callable[[list[str]], str]) -> Reader:
    """Reads from moto's backend, whose attribute ``resources`` has them by ``key`` of the ARN."""

    def read(arn: list[str]) -> str | None:
        existing = getattr(_regional(service, arn), resources)
        return existing[key(arn)].policy if key(arn) in existing else None

    return read


class ResourcePolicies:
    """``readers`` by the service in the ARN; a service that keeps policies itself adds its own."""

    def __init__(self) -> None:
        self.readers: dict[str, Reader] = {
            "s3": _bucket_of,
            "sns": _reader("sns", "topics", ":".join),
            "sqs": _reader("sqs", "queues", lambda arn: arn[5]),
            "kms": _reader("kms", "keys", lambda arn: arn[5].removeprefix("key/")),
        }

    def of(self, resource: str) -> Policy | None:
        """The parsed policy of ``resource``, if it has one."""
        arn = resource.split(":", 5)
        reader = self.readers.get(arn[2]) if len(arn) == 6 else None
        try:
            document = reader(arn) if reader else None
            return parsed(document) if document else None
        except (ValueError, LookupError, TypeError, AttributeError):
            # One bad policy must not break other resources; policies are checked when they are put.
            log.exception("a policy cannot be read", extra={"resource": resource})
            return None
