"""Amazon EventBridge: rules with their targets."""

from __future__ import annotations

import json
from typing import Any

from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    given,
    gone,
    names,
)

_GONE = "ResourceNotFoundException"


class Rule(ResourceType):
    type = "AWS::Events::Rule"
    named_by = "Name"
    consumes = names("Description EventBusName EventPattern Name State Targets")

    def create(self, site: Site, props: Props) -> str:
        name: str = props.get("Name") or site.name(64)
        bus = given(props, "EventBusName")
        site.must_be_new(name, site.client("events").describe_rule, Name=name, **bus)
        self._put(site, name, props)
        site.created(name)
        self._target(site, name, {}, props)
        return name

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:
        bus = given(props, "EventBusName")
        told = site.client("events").describe_rule(Name=physical_id, **bus)
        return {"Arn": told["Arn"], "RuleName": physical_id}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        self._put(site, physical_id, new)
        self._target(site, physical_id, old, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:
        self._target(site, physical_id, props, {})
        bus = given(props, "EventBusName")
        gone(site.client("events").delete_rule, _GONE, Name=physical_id, **bus)

    def _put(self, site: Site, name: str, props: Props) -> None:
        made: Props = given(props, "Description", "EventBusName", "State")
        if "EventPattern" in props:
            pattern: Any = props["EventPattern"]
            made["EventPattern"] = pattern if isinstance(pattern, str) else json.dumps(pattern)
        site.client("events").put_rule(Name=name, **made)

    def _target(self, site: Site, name: str, old: Props, new: Props) -> None:
        client, bus = site.client("events"), given(old or new, "EventBusName")
        kept = {item["Id"] for item in new.get("Targets", [])}
        if dropped := [item["Id"] for item in old.get("Targets", []) if item["Id"] not in kept]:
            gone(client.remove_targets, _GONE, Rule=name, Ids=dropped, **bus)
        if kept:
            client.put_targets(Rule=name, Targets=new["Targets"], **bus)


TYPES = (Rule,)
