"""API Gateway REST APIs that answer: moto keeps their definition, this package imports it from
OpenAPI and serves ``https://<api>.execute-api.<region>.amazonaws.com/<stage>/<path>``. Install
after ``lambda_``.
"""

from __future__ import annotations

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
    account = cloud.settings.account_id
    proxy = LambdaProxy(cloud.get(Lambda))
    plane = DataPlane(cloud, proxy)

    def deployed(call: Call, response: Response) -> None:
        if call.name == "CreateDeployment":
            api_id = call.params["restApiId"]
            plane.deploy(call.region, api_id, json.loads(response.body)["id"])

    cloud.add(plane)
    cloud.gateway.register("apigateway", Importer(account))
    cloud.gateway.register("apigateway", lambda call: check_logging_role(account, call))
    cloud.gateway.register("execute-api", plane)
    cloud.gateway.open_services.add("execute-api")  # methods without authorization
    cloud.gateway.watch("apigateway", deployed)
    cloud.on_close(proxy.close)
