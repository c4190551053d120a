"""What all parts of the control plane share: its one host, client tokens, and resources that are
not ready yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from localcloud.arc.errors import conflict, invalid, invalid_token
from localcloud.arc.model import Cluster, Resource
from localcloud.arc.store import Arc
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.paging import Pager
from localcloud.gateway.service import Service

# "You must specify the US West (Oregon) Region": no other Region has a host for this API.
# https://docs.aws.amazon.com/recovery-cluster/latest/api/what-is-recovery-control.html
HOST = "route53-recovery-control-config.us-west-2.amazonaws.com"


class ConfigBase(Service):
    service: ClassVar[str] = "route53-recovery-control-config"
    pager = Pager(1000, invalid_token)

    def __init__(self, arc: Arc) -> None:
        self._arc = arc
        self._made_by_token: dict[tuple[str, str], tuple[dict[str, Any], Resource]] = {}

    def __call__(self, call: Call) -> Response | None:
        if call.request.host != HOST:
            raise ConnectionCut(f"{call.request.host} does not exist: the API is at {HOST}")
        with self._arc.lock:
            return super().__call__(call)

    def _arn(self, resource: str) -> str:
        """ARC's resources are global: the Region in the ARN is empty."""
        return f"arn:aws:route53-recovery-control::{self._arc.account_id}:{resource}"

    def _once(
        self, call: Call, params: dict[str, Any], make: Callable[[dict[str, Any]], Resource]
    ) -> Any:
        """Idempotent by ClientToken: the same request again gives the same resource, another one
        is refused.
        """
        rest = {name: value for name, value in params.items() if name != "ClientToken"}
        token = params.get("ClientToken")
        key = (call.name, str(token))
        if token and key in self._made_by_token:
            first, made = self._made_by_token[key]
            if first != rest:
                raise conflict("The client token was already used with other parameters.")
            return made
        made = make(rest)
        made.tags.update(rest.get("Tags") or {})
        self._arc.add(made)
        if token:
            self._made_by_token[key] = (rest, made)
        return made

    def _deployed_cluster(self, arn: str) -> Cluster:
        cluster = self._arc.get(Cluster, arn)
        self._require_deployed(cluster)
        return cluster

    def _require_deployed(self, resource: Resource) -> None:
        if (status := resource.status(self._arc.clock)) != "DEPLOYED":
            raise conflict(f"{resource.arn} is {status}, not DEPLOYED.")

    def _delete(self, resource: Resource) -> dict[str, Any]:
        if resource.deleted_at is None:
            resource.deleted_at = self._arc.clock.now()
        return {}

    def _described(self, resource: Resource) -> dict[str, Any]:
        return {
            "Name": resource.name,
            "Status": resource.status(self._arc.clock),
            "Owner": self._arc.account_id,
        }


def check_name(name: str) -> str:
    """The model's pattern and length: ``^\\S+$``, 1 to 64."""
    if not 1 <= len(name) <= 64 or any(character.isspace() for character in name):
        raise invalid(f"The name {name!r} must be 1 to 64 characters without white space.")
    return name


def check_unique(name: str, others: list[Any]) -> None:
    if any(other.name == name for other in others):
        raise conflict(f"The name {name} is already in use.")
