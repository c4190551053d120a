"""Amazon CloudWatch Logs."""

from __future__ import annotations

import json

from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    gone,
    names,
)

_GONE = "ResourceNotFoundException"


class LogGroup(ResourceType):
    type = "AWS::Logs::LogGroup"
    named_by = "LogGroupName"
    consumes = names("KmsKeyId LogGroupClass LogGroupName RetentionInDays Tags")

    def create(self, site: Site, props: Props) -> str:
        logs = site.client("logs")
        name: str = props.get("LogGroupName") or site.name(512)
        made: Props = {"logGroupName": name}
        made |= {"kmsKeyId": props["KmsKeyId"]} if "KmsKeyId" in props else {}
        made |= {"logGroupClass": props["LogGroupClass"]} if "LogGroupClass" in props else {}
        if tags := {item["Key"]: item["Value"] for item in props.get("Tags", [])}:
            made["tags"] = tags
        logs.create_log_group(**made)
        site.created(name)
        if "RetentionInDays" in props:
            logs.put_retention_policy(logGroupName=name, retentionInDays=props["RetentionInDays"])
        return name

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        group = f"{site.region}:{site.account_id}:log-group:{physical_id}"
        return {"Arn": f"arn:aws:logs:{group}:*"}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        logs = site.client("logs")
        if changed(old, new, *({*old, *new} - {"RetentionInDays", "Tags"})):
            super().update(site, physical_id, old, new)
        if changed(old, new, "RetentionInDays"):
            if "RetentionInDays" in new:
                days = new["RetentionInDays"]
                logs.put_retention_policy(logGroupName=physical_id, retentionInDays=days)
            else:
                logs.delete_retention_policy(logGroupName=physical_id)
        if changed(old, new, "Tags"):
            arn = self.attributes(site, physical_id, new)["Arn"].removesuffix(":*")
            tags = {item["Key"]: item["Value"] for item in new.get("Tags", [])}
            dropped = [item["Key"] for item in old.get("Tags", []) if item["Key"] not in tags]
            if dropped:
                logs.untag_resource(resourceArn=arn, tagKeys=dropped)
            if tags:
                logs.tag_resource(resourceArn=arn, tags=tags)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(site.client("logs").delete_log_group, _GONE, logGroupName=physical_id)


class MetricFilter(ResourceType):
    type = "AWS::Logs::MetricFilter"
    consumes = names("FilterName FilterPattern LogGroupName MetricTransformations")

    def create(self, site: Site, props: Props) -> str:
        name = props.get("FilterName") or site.name(512)
        self._put(site, name, props)
        return str(name)

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        self.delete(site, physical_id, old)  # moto would keep both
        self._put(site, physical_id, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:
        gone(
            site.client("logs").delete_metric_filter,
            _GONE,
            logGroupName=props["LogGroupName"],
            filterName=physical_id,
        )

    def _put(self, site: Site, name: str, props: Props) -> None:
        transformations = []
        for item in props["MetricTransformations"]:
            made = {key[:1].lower() + key[1:]: value for key, value in item.items()}
            if "dimensions" in made:
                pairs = made["dimensions"]
                made["dimensions"] = {pair["Key"]: pair["Value"] for pair in pairs}
            transformations.append(made)
        site.client("logs").put_metric_filter(
            logGroupName=props["LogGroupName"],
            filterName=name,
            filterPattern=props["FilterPattern"],
            metricTransformations=transformations,
        )


class ResourcePolicy(ResourceType):
    type = "AWS::Logs::ResourcePolicy"
    consumes = names("PolicyDocument PolicyName")

    def create(self, site: Site, props: Props) -> str:
        document = props["PolicyDocument"]
        text = document if isinstance(document, str) else json.dumps(document)
        site.client("logs").put_resource_policy(policyName=props["PolicyName"], policyDocument=text)
        return str(props["PolicyName"])

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        self.create(site, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(site.client("logs").delete_resource_policy, _GONE, policyName=physical_id)


TYPES = (LogGroup, MetricFilter, ResourcePolicy)
