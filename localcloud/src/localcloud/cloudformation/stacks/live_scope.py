"""What names stand for while the resources of a stack are created."""

from typing import Any

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.stacks.resource_operations import ResourceOperations
from localcloud.cloudformation.stacks.stack import STACK_TYPE
from localcloud.cloudformation.templates.processed import ProcessedTemplate
from localcloud.cloudformation.templates.scopes import BaseScope


class LiveScope(BaseScope):
    def __init__(self, operations: ResourceOperations, template: ProcessedTemplate) -> None:
        super().__init__(template.body, template.values)
        self._operations = operations
        self._stack = operations.stack

    def resource_ref(self, name: str) -> str:
        return self._stack.resources[name].physical_id or ""

    def get_att(self, logical_id: str, attribute: str) -> Any:
        resource = self._stack.resources[logical_id]
        if attribute in resource.attributes:
            return resource.attributes[attribute]
        if resource.type == STACK_TYPE:
            raise ResourceFailure(
                f"Template error: resource {logical_id} has no output named "
                f"{attribute.removeprefix('Outputs.')}"
            )
        raise ResourceFailure(
            f"The local cloud does not emulate the attribute {attribute} of {resource.type}."
        )

    def zones(self, region: str) -> list[str]:
        zones = self._operations.client("ec2", region).describe_availability_zones()
        return sorted(zone["ZoneName"] for zone in zones["AvailabilityZones"])
