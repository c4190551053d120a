"""Operations that only look: stacks, what is in them, templates."""

from __future__ import annotations

import json
from typing import Any

from localcloud.cloudformation.api import shapes
from localcloud.cloudformation.api.base import ApiBase
from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.stacks.stack import Stack
from localcloud.cloudformation.templates import requests, summary
from localcloud.cloudformation.templates.template import load
from localcloud.gateway.identify import Call


class ReadOperations(ApiBase):
    # Stacks

    def describe_stacks(self, call: Call, **asked: Any) -> dict[str, Any]:
        if asked.get("StackName"):
            return {"Stacks": [shapes.stack(self._stacks.get(call.region, asked["StackName"]))]}
        live = (item for item in self._stacks.of(call.region) if item.status != "DELETE_COMPLETE")
        return {"Stacks": [shapes.stack(item) for item in live]}

    def list_stacks(self, call: Call, **asked: Any) -> dict[str, Any]:
        wanted = asked.get("StackStatusFilter")
        stacks = self._stacks.of(call.region)
        return {
            "StackSummaries": [
                shapes.stack_summary(item) for item in stacks if not wanted or item.status in wanted
            ]
        }

    # What is in a stack

    def describe_stack_events(self, call: Call, **asked: Any) -> dict[str, Any]:
        stack = self._stacks.find(call.region, asked["StackName"])
        if stack is None:
            raise validation_error(f"Stack [{asked['StackName']}] does not exist")
        return {"StackEvents": [_event(item) for item in reversed(stack.events)]}

    def describe_stack_resources(self, call: Call, **asked: Any) -> dict[str, Any]:
        if "StackName" in asked:
            stack = self._stacks.get(call.region, asked["StackName"])
            items = list(stack.resources.values())
        else:
            stack, items = self._with_physical_id(call.region, asked["PhysicalResourceId"])
        wanted = asked.get("LogicalResourceId")
        found = [item for item in items if wanted in (None, item.logical_id)]
        if wanted and not found:
            raise validation_error(f"Resource {wanted} does not exist for stack {stack.name}")
        return {"StackResources": [shapes.resource(stack, item) for item in found[:100]]}

    def describe_stack_resource(self, call: Call, **asked: Any) -> dict[str, Any]:
        stack = self._stacks.find(call.region, asked["StackName"])
        if stack is None:
            raise validation_error(f"Stack '{asked['StackName']}' does not exist")
        found = stack.resources.get(asked["LogicalResourceId"])
        if found is None:
            raise validation_error(
                f"Resource {asked['LogicalResourceId']} does not exist for stack {stack.name}"
            )
        return {"StackResourceDetail": shapes.resource_detail(stack, found)}

    def list_stack_resources(self, call: Call, **asked: Any) -> dict[str, Any]:
        stack = self._stacks.get(call.region, asked["StackName"])
        items = stack.resources.values()
        return {"StackResourceSummaries": [shapes.resource_summary(item) for item in items]}

    def list_exports(self, call: Call, **_: Any) -> dict[str, Any]:
        exports = self._stacks.exports(call.region)
        return {
            "Exports": [
                {"ExportingStackId": stack.id, "Name": name, "Value": value}
                for name, (stack, value) in exports.items()
            ]
        }

    def list_imports(self, call: Call, **asked: Any) -> dict[str, Any]:
        name = asked["ExportName"]
        users = self._stacks.importers(call.region, name)
        if not users:
            raise validation_error(f"Export '{name}' is not imported by any stack.")
        return {"Imports": users}

    # Templates

    def get_template(self, call: Call, **asked: Any) -> dict[str, Any]:
        stack = self._stacks.get(call.region, asked["StackName"])
        blueprint = stack.blueprint
        if "ChangeSetName" in asked:
            blueprint = self._change_set(call, asked)[1].blueprint
        if blueprint is None:
            return {"TemplateBody": "", "StagesAvailable": []}
        body = blueprint.text
        if asked.get("TemplateStage") == "Processed":
            body = json.dumps(blueprint.template)
        return {"TemplateBody": body, "StagesAvailable": ["Original", "Processed"]}

    def get_template_summary(self, call: Call, **asked: Any) -> dict[str, Any]:
        if "StackName" in asked:
            stack = self._stacks.get(call.region, asked["StackName"])
            return summary.summary(load(stack.blueprint.text if stack.blueprint else ""))
        text = requests.template_text(self._cloud, call.region, call.principal, asked)
        return summary.summary(load(text))

    def validate_template(self, call: Call, **asked: Any) -> dict[str, Any]:
        text = requests.template_text(self._cloud, call.region, call.principal, asked)
        return summary.validated(load(text))

    def _with_physical_id(self, region: str, physical_id: str) -> tuple[Stack, list[Any]]:
        for stack in self._stacks.of(region):
            items = stack.resources.values()
            if stack.status != "DELETE_COMPLETE" and any(
                item.physical_id == physical_id for item in items
            ):
                return stack, list(items)
        raise validation_error(f"Stack for {physical_id} does not exist")


def _event(event: dict[str, Any]) -> dict[str, Any]:
    properties = event.get("ResourceProperties")
    if properties is None:
        return event
    return {**event, "ResourceProperties": json.dumps(properties, default=str)}
