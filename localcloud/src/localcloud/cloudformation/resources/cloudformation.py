"""CloudFormation's own types: nested stacks, wait condition handles."""

from __future__ import annotations

from localcloud.cloudformation.resources.context import Properties, ResourceContext, names
from localcloud.cloudformation.resources.provider import ResourceProvider
from localcloud.cloudformation.stacks.nested import NestedStacks


class NestedStack(ResourceProvider):
    """Deployed in the parent's own thread; ``Ref`` is the nested stack's ARN."""

    def create(self, context: ResourceContext) -> None:
        context.cloud.get(NestedStacks).create(context)

    def read_attributes(self, context: ResourceContext) -> Properties:
        outputs = context.cloud.get(NestedStacks).find(context).outputs
        return {f"Outputs.{item['OutputKey']}": item["OutputValue"] for item in outputs}

    def update(self, context: ResourceContext) -> None:
        context.cloud.get(NestedStacks).update(context)

    def restore(self, context: ResourceContext) -> None:
        context.cloud.get(NestedStacks).roll_back(context)

    def delete(self, context: ResourceContext) -> None:
        context.cloud.get(NestedStacks).delete(context)


class WaitConditionHandle(ResourceProvider):
    """A URL to signal to. Nothing can wait for it: WaitCondition is not emulated."""

    def create(self, context: ResourceContext) -> None:
        host = f"cloudformation-waitcondition-{context.region}.s3.amazonaws.com"
        context.created(f"https://{host}/{context.stack_id}/{context.generate_name()}")

    def delete(self, context: ResourceContext) -> None:
        """Nothing to delete."""


PROVIDERS = (
    NestedStack(
        type="AWS::CloudFormation::Stack",
        supported=names("Parameters Tags TemplateURL"),
    ),
    WaitConditionHandle(type="AWS::CloudFormation::WaitConditionHandle", supported=names("")),
)
