"""API Gateway HTTP APIs, which answer at ``<api>.execute-api.<region>.amazonaws.com``."""

from localcloud.apigatewayv2.account import Account
from localcloud.apigatewayv2.control_plane import ApiGatewayV2
from localcloud.apigatewayv2.data_plane import DataPlane
from localcloud.apigatewayv2.integration import LambdaIntegration
from localcloud.apigatewayv2.model import Apis
from localcloud.cloud import Cloud
from localcloud.lambda_ import Lambda

__all__ = ["DataPlane", "install"]


def install(cloud: Cloud) -> None:
    """Install after ``lambda_``."""
    apis, integration = Apis(), LambdaIntegration(cloud.get(Lambda))
    cloud.gateway.register("apigateway", Account())
    cloud.gateway.register("apigatewayv2", ApiGatewayV2(cloud, apis))
    cloud.gateway.register("execute-api", DataPlane(cloud, apis, integration))
    cloud.gateway.open_services.add("execute-api")  # routes without authorization
    cloud.on_close(integration.close)
