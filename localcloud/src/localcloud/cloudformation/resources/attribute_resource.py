"""Resources whose settings are texts in a map of attributes: those of SNS and SQS."""

from collections.abc import Iterable
from dataclasses import dataclass

from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.api_values import input_shape
from localcloud.cloudformation.resources.context import Properties, ResourceContext, pick


@dataclass(frozen=True, kw_only=True)
class AttributeResource(ApiResource):
    """``attribute_defaults``: what a property that an update drops goes back to."""

    attribute_defaults: Properties
    attributes_set_by: str

    def api_properties(self, context: ResourceContext) -> Properties:
        attributes = pick(context.properties, *self.attribute_defaults)
        return {**context.properties, "Attributes": attributes}

    def refuse(self, names: Iterable[str]) -> None:
        super().refuse(set(names) - self.attribute_defaults.keys())

    def update(self, context: ResourceContext) -> None:
        super().update(context)
        changed = {
            name: context.properties.get(name, default)
            for name, default in self.attribute_defaults.items()
            if context.changed(name)
        }
        client = self.client(context)
        calls: list[Properties] = [{"Attributes": changed}] if changed else []
        if "AttributeName" in input_shape(client, self.attributes_set_by).members:
            calls = [{"AttributeName": k, "AttributeValue": v} for k, v in changed.items()]
        for properties in calls:
            params = self.params(context, self.attributes_set_by, properties)
            getattr(client, self.attributes_set_by)(**params)
