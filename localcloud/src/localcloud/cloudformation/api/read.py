"""Operations that only read: stacks, their resources and events, templates."""

import json
from typing import Any

from localcloud.cloudformation.api import shapes
from localcloud.cloudformation.api.base import ApiBase
from localcloud.cloudformation.api.change_sets import find_change_set
from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.templates.summary import template_summary
from localcloud.cloudformation.templates.template import load
from localcloud.gateway.errors import not_emulated
from localcloud.gateway.identify import Call


class ReadOperations(ApiBase):
    # Stacks

    def describe_stacks(self, call: Call, **params: Any) -> dict[str, Any]:
        if params.get("StackName"):
            return {"Stacks": [shapes.stack(self._stacks.get(call.region, params["StackName"]))]}
        return {"Stacks": [shapes.stack(item) for item in self._stacks.live(call.region)]}

    def list_stacks(self, call: Call, **params: Any) -> dict[str, Any]:
        statuses, stacks = params.get("StackStatusFilter"), self._stacks.of(call.region)
        listed = [item for item in stacks if not statuses or item.status in statuses]
        return {"StackSummaries": [shapes.stack_summary(item) for item in listed]}

    # What is in a stack

    def describe_stack_events(self, call: Call, **params: Any) -> dict[str, Any]:
        events = self._existing(call, params["StackName"]).events
        return {"StackEvents": [shapes.event(item) for item in reversed(events)]}

    def describe_stack_resources(self, call: Call, **params: Any) -> dict[str, Any]:
        if "StackName" not in params:
            raise not_emulated("DescribeStackResources by PhysicalResourceId")
        stack = self._stacks.get(call.region, params["StackName"])
        name = params.get("LogicalResourceId")
        items = [item for item in stack.resources.values() if name in (None, item.logical_id)]
        if name and not items:
            raise validation_error(f"Resource {name} does not exist for stack {stack.name}")
        return {"StackResources": [shapes.resource(stack, item) for item in items[:100]]}

    def describe_stack_resource(self, call: Call, **params: Any) -> dict[str, Any]:
        stack = self._stacks.find(call.region, params["StackName"])
        if stack is None:
            raise validation_error(f"Stack '{params['StackName']}' does not exist")
        name = params["LogicalResourceId"]
        if name not in stack.resources:
            raise validation_error(f"Resource {name} does not exist for stack {stack.name}")
        return {"StackResourceDetail": shapes.resource_detail(stack, stack.resources[name])}

    def list_stack_resources(self, call: Call, **params: Any) -> dict[str, Any]:
        stack = self._stacks.get(call.region, params["StackName"])
        items = stack.resources.values()
        return {"StackResourceSummaries": [shapes.resource_summary(item) for item in items]}

    # Templates

    def get_template(self, call: Call, **params: Any) -> dict[str, Any]:
        stack = self._stacks.get(call.region, params["StackName"])
        template = stack.template
        if "ChangeSetName" in params:
            template = find_change_set([stack], params["ChangeSetName"])[1].template
        if template is None:
            return {"TemplateBody": "", "StagesAvailable": []}
        is_processed = params.get("TemplateStage") == "Processed"
        body = json.dumps(template.body) if is_processed else template.text
        return {"TemplateBody": body, "StagesAvailable": ["Original", "Processed"]}

    def get_template_summary(self, call: Call, **params: Any) -> dict[str, Any]:
        if "StackName" in params:
            template = self._stacks.get(call.region, params["StackName"]).template
            return template_summary(load(template.text if template else ""))
        return template_summary(load(self._template_text(call, params)))
