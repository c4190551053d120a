"""CloudFormation's own types: nested stacks, wait condition handles."""

from __future__ import annotations

from typing import Any

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.provider import Props, ResourceType, Site, names
from localcloud.cloudformation.stacks.nested import NestedStacks, why


class Stack(ResourceType):
    """Deployed in the parent's own thread; ``Ref`` is the nested stack's ARN."""

    type = "AWS::CloudFormation::Stack"
    consumes = names("Parameters Tags TemplateURL TimeoutInMinutes")

    def create(self, site: Site, props: Props) -> str:
        creation, stack = _nested(site).open(site, props)
        site.created(stack.id)
        creation.create(stack)
        _require(stack, "CREATE_COMPLETE", "created")
        return str(stack.id)

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        outputs = _nested(site).find(site, physical_id).outputs
        return {f"Outputs.{item['OutputKey']}": item["OutputValue"] for item in outputs}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        _nested(site).update(site, physical_id, new)

    def restore(self, site: Site, physical_id: str, wanted: Props, old: Props) -> None:  # noqa: ARG002
        _nested(site).roll_back(site, physical_id)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        stack = _nested(site).delete(site, physical_id)
        if stack is not None:
            _require(stack, "DELETE_COMPLETE", "deleted")


def _nested(site: Site) -> NestedStacks:
    return site.cloud.get(NestedStacks)


def _require(stack: Any, status: str, verb: str) -> None:
    if stack.status != status:
        raise ResourceFailure(
            f"Embedded stack {stack.id} was not successfully {verb}: {why(stack)}"
        )


class WaitConditionHandle(ResourceType):
    """A URL to signal to.

    Nothing can wait for it here: AWS::CloudFormation::WaitCondition is not emulated.
    """

    type = "AWS::CloudFormation::WaitConditionHandle"
    consumes = names("")

    def create(self, site: Site, props: Props) -> str:  # noqa: ARG002
        return (
            f"https://cloudformation-waitcondition-{site.region}.s3.amazonaws.com/"
            f"{site.stack_id}/{site.name()}"
        )

    def delete(self, site: Site, physical_id: str, props: Props) -> None:
        """Nothing to remove."""


TYPES = (Stack, WaitConditionHandle)
