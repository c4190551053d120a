"""Amazon API Gateway: stages of REST APIs."""

from collections.abc import Iterator

from localcloud.cloudformation.resources.api_calls import Calls, Tagging
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.apigateway import patch, patches
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names


class Stage(ApiResource):
    def set_children(self, context: ResourceContext) -> None:
        """Patch what CreateStage does not take, and what has changed of an existing stage."""
        log = context.properties.get("AccessLogSetting", {}).items()
        operations = [patch(f"/accessLogSettings/{k[0].lower()}{k[1:]}", v) for k, v in log]
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


PROVIDERS = (
    Stage(
        type="AWS::ApiGateway::Stage",
        supported=names(
            "AccessLogSetting DeploymentId Description RestApiId StageName Tags TracingEnabled "
            "Variables"
        ),
        calls=Calls("create_stage", "delete_stage"),
        missing="NotFoundException",
        named_by="StageName",
        also_changeable=names("AccessLogSetting DeploymentId Description TracingEnabled Variables"),
        tagging=Tagging(
            "resourceArn", "arn:aws:apigateway:{region}::/restapis/{RestApiId}/stages/{id}"
        ),
    ),
)
