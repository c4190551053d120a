"""What all parts of the control plane share: its host, client tokens, resources' states, tags."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from localcloud.arc.errors import conflict
from localcloud.arc.model import Member, Resource
from localcloud.arc.store import Arc, R
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.paging import Pager
from localcloud.gateway.service import Service
from localcloud.gateway.tagging import Tagging
from localcloud.settings import ACCOUNT_ID

# "You must specify the US West (Oregon) Region": no other Region has a host for this API.
# https://docs.aws.amazon.com/recovery-cluster/latest/api/what-is-recovery-control.html
HOST = "route53-recovery-control-config.us-west-2.amazonaws.com"


class ConfigBase(Tagging, Service):
    service: ClassVar[str] = "route53-recovery-control-config"
    pager = Pager(1000, "ValidationException", "NextToken is not valid.")

    def __init__(self, arc: Arc) -> None:
        self._arc = arc
        # By operation and client token: the parameters and what they created.
        self._created: dict[tuple[str, str], tuple[dict[str, Any], Resource]] = {}

    def __call__(self, call: Call) -> Response | None:
        if call.request.host != HOST:
            raise ConnectionCut(f"{call.request.host} does not exist: the API is at {HOST}")
        with self._arc.lock:
            return super().__call__(call)

    def tags_of(self, _call: Call, arn: str) -> dict[str, str]:
        return self._arc.get(Resource, arn).tags

    def _arn(self, resource: str) -> str:
        """ARC's resources are global: the Region in the ARN is empty."""
        return f"arn:aws:route53-recovery-control::{ACCOUNT_ID}:{resource}"

    def _create(
        self, call: Call, params: dict[str, Any], create: Callable[[dict[str, Any]], Resource]
    ) -> Any:
        """Create a resource; the same request with the same ClientToken returns the same one."""
        members = {name: value for name, value in params.items() if name != "ClientToken"}
        token = params.get("ClientToken")
        key = (call.name, str(token))
        if token and key in self._created:
            first, resource = self._created[key]
            if first != members:
                raise conflict("The client token was already used with other parameters.")
            return resource
        resource = create(members)
        resource.tags.update(members.get("Tags") or {})
        self._arc.add(resource)
        if token:
            self._created[key] = (members, resource)
        return resource

    def _refuse_concurrent(self, cluster_arn: str) -> None:
        """Refuse a change of a cluster while another is under way, in AWS's words.

        AWS does not say how long a change takes; here as long as its resource is PENDING.
        https://github.com/hashicorp/terraform-provider-aws/issues/48311 has the words,
        https://github.com/hashicorp/terraform-provider-aws/pull/47038 that clusters conflict.
        """
        if self._arc.is_changing(cluster_arn):
            raise conflict(
                "Conflict occurred while attempting to change the same resource by multiple "
                "requests at the same time. Please retry."
            )

    def _rename(self, resource: Member, name: str, siblings: Sequence[Resource]) -> None:
        self._refuse_concurrent(resource.cluster_arn)
        check_name(name, [sibling for sibling in siblings if sibling is not resource])
        resource.name = name

    def _delete(self, resource: Member) -> dict[str, Any]:
        if resource.deleted_at is None:
            self._refuse_concurrent(resource.cluster_arn)
            resource.deleted_at = self._arc.clock.now()
        return {}

    def _deployed(self, kind: type[R], arn: str) -> R:
        resource = self._arc.get(kind, arn)
        if (status := resource.status(self._arc.clock)) != "DEPLOYED":
            raise conflict(f"{resource.arn} is {status}, not DEPLOYED.")
        return resource

    def _view(self, resource: Resource) -> dict[str, Any]:
        """Return its fields as the API names them; the serializer drops what a shape has not."""
        fields = {name.title().replace("_", ""): value for name, value in vars(resource).items()}
        return fields | {
            f"{type(resource).__name__}Arn": resource.arn,
            "Status": resource.status(self._arc.clock),
            "Owner": ACCOUNT_ID,
        }


def check_name(name: str, siblings: Sequence[Resource]) -> str:
    if any(sibling.name == name for sibling in siblings):
        raise conflict(f"The name {name} is already in use.")
    return name
