"""API Gateway REST APIs that answer, at ``<api>.execute-api.<region>.amazonaws.com``.

moto keeps their definition; this package imports it from OpenAPI and serves its stages.
"""

import json

from localcloud.apigateway.control_plane import Importer, check_logging_role
from localcloud.apigateway.data_plane import DataPlane
from localcloud.apigateway.lambda_proxy import LambdaProxy
from localcloud.cloud import Cloud
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.lambda_ import Lambda

__all__ = ["DataPlane", "install"]


def install(cloud: Cloud) -> None:
    """Install after ``lambda_``."""
    account = cloud.settings.account_id
    proxy = LambdaProxy(cloud.get(Lambda))
    data_plane = DataPlane(cloud, proxy)

    def deploy(call: Call, response: Response) -> None:
        if call.name == "CreateDeployment":
            deployment_id = json.loads(response.body)["id"]
            data_plane.deploy(call.region, call.params["restApiId"], deployment_id)

    cloud.add(data_plane)
    cloud.gateway.register("apigateway", Importer(account))
    cloud.gateway.register("apigateway", lambda call: check_logging_role(account, call))
    cloud.gateway.register("execute-api", data_plane)
    cloud.gateway.open_services.add("execute-api")  # methods without authorization
    cloud.gateway.watch("apigateway", deploy)
    cloud.on_close(proxy.close)
