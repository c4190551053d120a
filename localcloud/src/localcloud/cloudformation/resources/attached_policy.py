"""Policies that are resources of their own and are put on other resources."""

from dataclasses import dataclass
from typing import Any

from localcloud.cloudformation.resources.context import Properties, ResourceContext
from localcloud.cloudformation.resources.provider import ResourceProvider


@dataclass(frozen=True, kw_only=True)
class AttachedPolicy(ResourceProvider):
    """Put on every one of its targets; its physical id is a generated name."""

    def targets(self, properties: Properties) -> set[Any]:
        raise NotImplementedError

    def attach(self, context: ResourceContext, target: Any) -> None:
        raise NotImplementedError

    def detach(self, context: ResourceContext, target: Any) -> None:
        """Remove the policy; it is no error if the target does not exist any more."""
        raise NotImplementedError

    def create(self, context: ResourceContext) -> None:
        context.created(context.generate_name())
        self.update(context)

    def update(self, context: ResourceContext) -> None:
        after = self.targets(context.properties)
        for target in sorted(after):
            self.attach(context, target)
        for target in sorted(self.targets(context.previous) - after):
            self.detach(context, target)

    def delete(self, context: ResourceContext) -> None:
        for target in sorted(self.targets(context.properties)):
            self.detach(context, target)
