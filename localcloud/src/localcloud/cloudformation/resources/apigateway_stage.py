"""Amazon API Gateway: stages of REST APIs."""

from collections.abc import Iterator

from localcloud.cloudformation.resources.api_calls import Calls, Tagging
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.apigateway import patch, patches
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names
from localcloud.gateway.errors import not_emulated

# Method settings → the end of their paths.
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


class Stage(ApiResource):
    def update(self, context: ResourceContext) -> None:
        if _methods(context.previous).keys() - _methods(context.properties).keys():
            raise not_emulated(f"removing MethodSettings of {self.type}")
        super().update(context)

    def set_children(self, context: ResourceContext) -> None:
        """Patch what CreateStage does not take, and what has changed of an existing stage."""
        operations = list(_settings(context.properties))
        if context.previous:
            operations += _changes(context)
        if operations:
            stage = self.params(context, "update_stage", context.properties)
            self.client(context).update_stage(**stage, patchOperations=operations)


def _changes(context: ResourceContext) -> Iterator[Properties]:
    paths = {
        "DeploymentId": ("/deploymentId", ""),
        "Description": ("/description", ""),
        "TracingEnabled": ("/tracingEnabled", False),
    }
    yield from patches(context, paths)
    before = context.previous.get("Variables", {})
    after = context.properties.get("Variables", {})
    yield from (patch(f"/variables/{key}", value) for key, value in after.items())
    dropped = [f"/variables/{key}" for key in before.keys() - after.keys()]
    if context.changed("AccessLogSetting") and "AccessLogSetting" not in context.properties:
        dropped.append("/accessLogSettings")
    yield from ({"op": "remove", "path": path} for path in dropped)


def _settings(properties: Properties) -> Iterator[Properties]:
    for key, value in properties.get("AccessLogSetting", {}).items():
        yield patch(f"/accessLogSettings/{key[:1].lower()}{key[1:]}", value)
    for path, setting in _methods(properties).items():
        for key in setting.keys() & _METHOD_SETTINGS.keys():
            yield patch(f"{path}/{_METHOD_SETTINGS[key]}", setting[key])


def _methods(properties: Properties) -> dict[str, Properties]:
    """Method settings by the beginning of their paths."""
    settings = {}
    for setting in properties.get("MethodSettings", []):
        path = setting.get("ResourcePath", "/*").lstrip("/").replace("/", "~1")
        settings[f"/{path or '~1'}/{setting.get('HttpMethod', '*')}"] = setting
    return settings


PROVIDERS = (
    Stage(
        type="AWS::ApiGateway::Stage",
        supported=names(
            "AccessLogSetting DeploymentId Description MethodSettings RestApiId StageName Tags "
            "TracingEnabled Variables"
        ),
        calls=Calls("create_stage", "delete_stage"),
        missing="NotFoundException",
        named_by="StageName",
        also_changeable=names(
            "AccessLogSetting DeploymentId Description MethodSettings TracingEnabled Variables"
        ),
        tagging=Tagging(
            "resourceArn", "arn:aws:apigateway:{region}::/restapis/{RestApiId}/stages/{id}"
        ),
    ),
)
