"""Amazon API Gateway: HTTP APIs."""

from collections.abc import Mapping
from dataclasses import dataclass

from localcloud.apigatewayv2 import supported
from localcloud.cloudformation.resources.api_calls import Calls, Tagging, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import Properties

_API_ARN = "arn:aws:apigateway:{region}::/apis/"


@dataclass(frozen=True, kw_only=True)
class HttpApiResource(ApiResource):
    """Names values of properties that are not emulated before anything is made."""

    values: supported.Supported

    def gaps(self, region: str, properties: Properties) -> list[str]:
        texts = {name: value for name, value in properties.items() if isinstance(value, str | bool)}
        limited: Mapping[str, object] = {k: v for k, v in texts.items() if k in self.values}
        kind = self.type.rpartition("::")[2]
        return [*super().gaps(region, properties), *supported.gaps(kind, limited, self.values)]


PROVIDERS = (
    HttpApiResource(
        type="AWS::ApiGatewayV2::Api",
        supported=frozenset(supported.API),
        values=supported.API,
        tags_are_map=True,
        calls=Calls("create_api", "delete_api", "get_api"),
        missing="NotFoundException",
        key="ApiId",
        updates=(
            Update(
                "update_api",
                "Description DisableExecuteApiEndpoint IpAddressType Name RouteSelectionExpression "
                "Version",
                defaults={
                    "Description": "",
                    "DisableExecuteApiEndpoint": False,
                    "IpAddressType": "ipv4",
                    "RouteSelectionExpression": "${request.method} ${request.path}",
                    "Version": "",
                },
            ),
        ),
        tagging=Tagging("ResourceArn", f"{_API_ARN}{{id}}"),
        attributes={"ApiEndpoint": "https://{id}.execute-api.{region}.amazonaws.com"},
    ),
    HttpApiResource(
        type="AWS::ApiGatewayV2::Integration",
        supported=frozenset(supported.INTEGRATION),
        values=supported.INTEGRATION,
        calls=Calls("create_integration", "delete_integration"),
        missing="NotFoundException",
        key="IntegrationId",
        updates=(
            Update(
                "update_integration",
                defaults={
                    "ConnectionType": "INTERNET",
                    "Description": "",
                    "IntegrationMethod": "POST",
                    "TimeoutInMillis": 30_000,
                },
            ),
        ),
        attributes={"IntegrationId": "{id}"},
    ),
    HttpApiResource(
        type="AWS::ApiGatewayV2::Route",
        supported=frozenset(supported.ROUTE),
        values=supported.ROUTE,
        calls=Calls("create_route", "delete_route"),
        missing="NotFoundException",
        key="RouteId",
        updates=(
            Update(
                "update_route",
                defaults={
                    "ApiKeyRequired": False,
                    "AuthorizationType": "NONE",
                    "OperationName": "",
                    "Target": "",
                },
            ),
        ),
        attributes={"RouteId": "{id}"},
    ),
    HttpApiResource(
        type="AWS::ApiGatewayV2::Stage",
        supported=frozenset(supported.STAGE),
        values=supported.STAGE,
        tags_are_map=True,
        calls=Calls("create_stage", "delete_stage"),
        missing="NotFoundException",
        named_by="StageName",
        updates=(
            Update("update_stage", "AccessLogSettings", remove="delete_access_log_settings"),
            Update(
                "update_stage",
                "AutoDeploy DefaultRouteSettings Description",
                defaults={"DefaultRouteSettings": {}, "Description": ""},
            ),
        ),
        tagging=Tagging("ResourceArn", f"{_API_ARN}{{ApiId}}/stages/{{id}}"),
    ),
)
