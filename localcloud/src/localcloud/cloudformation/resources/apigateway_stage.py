"""Amazon API Gateway: stages of REST APIs."""

from __future__ import annotations

from typing import Any

from localcloud.cloudformation.resources.apigateway import replace
from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    given,
    gone,
    lower_first,
    names,
    tag_changes,
)
from localcloud.gateway.errors import not_emulated

_GONE = "NotFoundException"
# Method settings' names → the end of their patch paths.
_METHOD_SETTINGS = {
    "CacheDataEncrypted": "caching/dataEncrypted",
    "CacheTtlInSeconds": "caching/ttlInSeconds",
    "CachingEnabled": "caching/enabled",
    "DataTraceEnabled": "logging/dataTrace",
    "LoggingLevel": "logging/loglevel",
    "MetricsEnabled": "metrics/enabled",
    "ThrottlingBurstLimit": "throttling/burstLimit",
    "ThrottlingRateLimit": "throttling/rateLimit",
}


def _methods(props: Props) -> dict[str, Props]:
    """Method settings by their patch path."""
    made = {}
    for setting in props.get("MethodSettings", []):
        path = setting.get("ResourcePath", "/*").lstrip("/").replace("/", "~1")
        made[f"/{path or '~1'}/{setting.get('HttpMethod', '*')}"] = setting
    return made


class Stage(ResourceType):
    type = "AWS::ApiGateway::Stage"
    consumes = names(
        "AccessLogSetting DeploymentId Description MethodSettings RestApiId StageName Tags "
        "TracingEnabled Variables"
    )

    def create(self, site: Site, props: Props) -> str:
        client = site.client("apigateway")
        made = lower_first(given(props, "RestApiId", "StageName", "DeploymentId", "Description"))
        made |= lower_first(given(props, "TracingEnabled"))
        made |= {"variables": props["Variables"]} if "Variables" in props else {}
        if tags := {item["Key"]: item["Value"] for item in props.get("Tags", [])}:
            made["tags"] = tags
        client.create_stage(**made)
        name: str = site.created(props["StageName"])
        self._patch(client, props, self._settings(props))
        return name

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        if _methods(old).keys() - _methods(new).keys():
            raise not_emulated(f"removing MethodSettings of {self.type}")
        paths = {
            "DeploymentId": ("/deploymentId", ""),
            "Description": ("/description", ""),
            "TracingEnabled": ("/tracingEnabled", False),
        }
        patches = [
            replace(path, new.get(key, default))
            for key, (path, default) in paths.items()
            if changed(old, new, key)
        ]
        before, after = old.get("Variables", {}), new.get("Variables", {})
        patches += [replace(f"/variables/{key}", value) for key, value in after.items()]
        patches += [
            {"op": "remove", "path": f"/variables/{key}"} for key in before.keys() - after.keys()
        ]
        if changed(old, new, "AccessLogSetting") and "AccessLogSetting" not in new:
            patches.append({"op": "remove", "path": "/accessLogSettings"})
        client = site.client("apigateway")
        self._patch(client, new, patches + self._settings(new))
        where = f"restapis/{new['RestApiId']}/stages/{physical_id}"
        _retag(client, f"arn:aws:apigateway:{site.region}::/{where}", old, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:
        gone(
            site.client("apigateway").delete_stage,
            _GONE,
            restApiId=props["RestApiId"],
            stageName=physical_id,
        )

    def _settings(self, props: Props) -> list[Props]:
        """What CreateStage does not take."""
        logs = props.get("AccessLogSetting", {})
        patches = [
            replace(f"/accessLogSettings/{key[:1].lower()}{key[1:]}", value)
            for key, value in logs.items()
        ]
        for path, setting in _methods(props).items():
            patches += [
                replace(f"{path}/{_METHOD_SETTINGS[key]}", value)
                for key, value in setting.items()
                if key in _METHOD_SETTINGS
            ]
        return patches

    def _patch(self, client: Any, props: Props, patches: list[Props]) -> None:
        if patches:
            where = {"restApiId": props["RestApiId"], "stageName": props["StageName"]}
            client.update_stage(**where, patchOperations=patches)


def _retag(client: Any, arn: str, old: Props, new: Props) -> None:
    dropped, tags = tag_changes(old, new)
    if dropped:
        client.untag_resource(resourceArn=arn, tagKeys=dropped)
    if tags and changed(old, new, "Tags"):
        client.tag_resource(resourceArn=arn, tags=tags)


TYPES = (Stage,)
