"""The policy of a resource, by its ARN, read from moto's backends."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.backends import get_backend

from localcloud.iam.policy import Policy, parsed

Reader = Callable[[list[str]], str | None]  # the ARN, split at its first five colons


def _s3(arn: list[str]) -> str | None:
    if arn[5].startswith("accesspoint/"):
        return _access_point(arn)
    buckets = get_backend("s3").bucket_accounts  # type: ignore[attr-defined]  # S3's own kind of BackendDict
    name = arn[5].split("/", 1)[0]
    if name not in buckets:
        return None
    partition, account = buckets[name]
    bucket = get_backend("s3")[account][partition].buckets.get(name)
    return bucket.policy.decode() if bucket and bucket.policy else None


def _access_point(arn: list[str]) -> str | None:
    alias = arn[5].split("/")[1]
    backend = get_backend("s3control")[arn[4]]["aws"]
    points = backend.multi_region_access_points[arn[4]].values()
    return next((point.policy for point in points if point.alias == alias), None)


def _sns(arn: list[str]) -> str | None:
    topic = _regional("sns", arn).topics.get(":".join(arn))
    return topic.policy if topic else None


def _sqs(arn: list[str]) -> str | None:
    queue = _regional("sqs", arn).queues.get(arn[5])
    return queue.policy if queue else None


def _kms(arn: list[str]) -> str | None:
    key = _regional("kms", arn).keys.get(arn[5].removeprefix("key/"))
    return key.policy if key else None


def _secret(arn: list[str]) -> str | None:
    secrets = _regional("secretsmanager", arn).secrets
    name = ":".join(arn)
    return secrets[name].policy if name in secrets else None


def _api(arn: list[str]) -> str | None:
    api_id = arn[5].split("/", 1)[0]
    api = _regional("apigateway", arn).apis.get(api_id)
    if api is None or not api.policy:
        return None
    # API Gateway keeps quotes escaped, and allows ARNs that begin with execute-api:/
    text = api.policy if api.policy.lstrip().startswith("{") else json.loads(f'"{api.policy}"')
    full = f'"arn:aws:execute-api:{arn[3]}:{arn[4]}:{api_id}/'
    return str(text).replace('"execute-api:/', full)


def _regional(service: str, arn: list[str]) -> Any:
    return get_backend(service)[arn[4]][arn[3]]  # type: ignore[call-overload]  # names are literals in moto


class ResourcePolicies:
    """``readers`` by the service in the ARN; a service that keeps policies itself adds its own."""

    def __init__(self) -> None:
        self.readers: dict[str, Reader] = {
            "s3": _s3,
            "sns": _sns,
            "sqs": _sqs,
            "kms": _kms,
            "secretsmanager": _secret,
            "execute-api": _api,
        }

    def of(self, resource: str) -> Policy | None:
        """The parsed policy of ``resource``, if it has one."""
        arn = resource.split(":", 5)
        reader = self.readers.get(arn[2]) if len(arn) == 6 else None
        document = reader(arn) if reader else None
        return parsed(document) if document else None
