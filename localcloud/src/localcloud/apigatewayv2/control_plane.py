"""The operations of API Gateway's version 2, for HTTP APIs with Lambda proxy integrations.

An operation that is not here is refused by name.
"""

import re
from typing import Any

from localcloud.apigatewayv2 import access_log, supported
from localcloud.apigatewayv2.integration import function_arn
from localcloud.apigatewayv2.model import Apis, HttpApi, Members, existing, new_id
from localcloud.apigatewayv2.routes import is_route_key
from localcloud.apigatewayv2.supported import require_supported
from localcloud.clock import utc
from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError, require
from localcloud.gateway.identify import Call
from localcloud.gateway.paging import Pager
from localcloud.gateway.service import Service
from localcloud.gateway.tagging import Tagging

_STAGE_NAME = re.compile(r"\$default|[A-Za-z0-9_-]{1,128}")
_ARN = re.compile(
    r"arn:[a-z-]+:apigateway:(?P<region>[a-z0-9-]+)::/apis/(?P<api>\w+)(/stages/(?P<stage>[^/]+))?"
)


class ApiGatewayV2(Tagging, Service):
    service = "apigatewayv2"
    pager = Pager(500, "BadRequestException", "Invalid value of MaxResults or NextToken")

    def __init__(self, cloud: Cloud, apis: Apis) -> None:
        self._cloud = cloud
        self._apis = apis

    def _created(self) -> Members:
        return {"CreatedDate": utc(self._cloud.clock.now())}

    def _api(self, call: Call, api_id: str) -> HttpApi:
        return self._apis.get(call.region, api_id)

    # APIs

    def create_api(self, call: Call, **members: Any) -> Members:
        require_supported("API", members, supported.API)
        with self._apis.lock:
            api_id = new_id(10)
            endpoint = f"https://{api_id}.execute-api.{call.region}.amazonaws.com"
            fixed = {
                "ApiId": api_id,
                "ApiEndpoint": endpoint,
                "ApiKeySelectionExpression": "$request.header.x-api-key",
                "RouteSelectionExpression": "${request.method} ${request.path}",
                "DisableExecuteApiEndpoint": False,
                "IpAddressType": "ipv4",
            }
            api = HttpApi(api_id, {**fixed, **self._created(), **members})
            self._apis.of(call.region)[api_id] = api
            return api.members

    def get_api(self, call: Call, **params: Any) -> Members:
        return self._api(call, params["ApiId"]).members

    def get_apis(self, call: Call, **_: Any) -> Members:
        return {"Items": [api.members for api in self._apis.of(call.region).values()]}

    def update_api(self, call: Call, **params: Any) -> Members:
        api = self._api(call, params.pop("ApiId"))
        require_supported("API", params, supported.API)
        with self._apis.lock:
            api.members |= params
            return api.members

    def delete_api(self, call: Call, **params: Any) -> None:
        with self._apis.lock:
            self._api(call, params["ApiId"])
            del self._apis.of(call.region)[params["ApiId"]]

    # Integrations

    def create_integration(self, call: Call, **params: Any) -> Members:
        api = self._api(call, params["ApiId"])
        members = _checked_integration({"ConnectionType": "INTERNET", **params})
        with self._apis.lock:
            integration_id = new_id()
            members = {"TimeoutInMillis": 30_000, **members, "IntegrationId": integration_id}
            api.integrations[integration_id] = members
            return members

    def get_integration(self, call: Call, **params: Any) -> Members:
        api = self._api(call, params["ApiId"])
        return existing(api.integrations, "Integration", params["IntegrationId"])

    def get_integrations(self, call: Call, **params: Any) -> Members:
        return {"Items": list(self._api(call, params["ApiId"]).integrations.values())}

    def update_integration(self, call: Call, **params: Any) -> Members:
        members = self.get_integration(call, **params)
        changes = _without(params, "IntegrationId")
        with self._apis.lock:
            _checked_integration(_without(members, "IntegrationId") | changes)
            members |= changes
            return members

    def delete_integration(self, call: Call, **params: Any) -> None:
        api, integration_id = self._api(call, params["ApiId"]), params["IntegrationId"]
        with self._apis.lock:
            existing(api.integrations, "Integration", integration_id)
            for route in api.routes.values():
                if route.get("Target") == f"integrations/{integration_id}":
                    words = f"Cannot delete Integration '{integration_id}' due to Route dependency."
                    raise ApiError("ConflictException", words)
            del api.integrations[integration_id]

    # Routes

    def create_route(self, call: Call, **params: Any) -> Members:
        api = self._api(call, params["ApiId"])
        with self._apis.lock:
            _check_route(api, params)
            route_id = new_id()
            defaults = {"ApiKeyRequired": False, "AuthorizationType": "NONE"}
            api.routes[route_id] = {**defaults, **params, "RouteId": route_id}
            api.deploy()
            return api.routes[route_id]

    def get_route(self, call: Call, **params: Any) -> Members:
        return existing(self._api(call, params["ApiId"]).routes, "Route", params["RouteId"])

    def get_routes(self, call: Call, **params: Any) -> Members:
        return {"Items": list(self._api(call, params["ApiId"]).routes.values())}

    def update_route(self, call: Call, **params: Any) -> Members:
        members, api = self.get_route(call, **params), self._api(call, params["ApiId"])
        changes = _without(params, "RouteId")
        with self._apis.lock:
            _check_route(api, {**_without(members, "RouteId"), **changes}, params["RouteId"])
            members |= changes
            api.deploy()
            return members

    def delete_route(self, call: Call, **params: Any) -> None:
        api = self._api(call, params["ApiId"])
        with self._apis.lock:
            existing(api.routes, "Route", params["RouteId"])
            del api.routes[params["RouteId"]]
            api.deploy()

    # Stages

    def create_stage(self, call: Call, **params: Any) -> Members:
        api, name = self._api(call, params["ApiId"]), params["StageName"]
        require(_STAGE_NAME.fullmatch(name), "BadRequestException", "Invalid stage name")
        # AWS's default is a stage that deploys nothing until it is told to.
        self._check_stage(call, {"AutoDeploy": False, **params})
        with self._apis.lock:
            if name in api.stages:
                raise ApiError("ConflictException", "Stage already exists")
            api.stages[name] = {"DefaultRouteSettings": {}, **self._created(), **params}
            return api.stages[name]

    def get_stage(self, call: Call, **params: Any) -> Members:
        return existing(self._api(call, params["ApiId"]).stages, "stage", params["StageName"])

    def get_stages(self, call: Call, **params: Any) -> Members:
        return {"Items": list(self._api(call, params["ApiId"]).stages.values())}

    def update_stage(self, call: Call, **params: Any) -> Members:
        members = self.get_stage(call, **params)
        self._check_stage(call, params)
        with self._apis.lock:
            members |= params
            return members

    def delete_stage(self, call: Call, **params: Any) -> None:
        self.get_stage(call, **params)
        with self._apis.lock:
            del self._api(call, params["ApiId"]).stages[params["StageName"]]

    def delete_access_log_settings(self, call: Call, **params: Any) -> None:
        with self._apis.lock:
            self.get_stage(call, **params).pop("AccessLogSettings", None)

    def _check_stage(self, call: Call, members: Members) -> None:
        require_supported("stage", members, supported.STAGE)
        settings = members.get("DefaultRouteSettings") or {}
        require_supported("route settings", settings, supported.ROUTE_SETTINGS)
        if "AccessLogSettings" in members:
            access_log.check_settings(members["AccessLogSettings"])
            access_log.check_permissions(self._cloud, call)

    # Tags

    def tags_of(self, call: Call, arn: str) -> dict[str, str]:
        match = _ARN.fullmatch(arn)
        if match is None or match["region"] != call.region:
            message = f"Invalid resource ARN specified in the request: {arn}"
            raise ApiError("BadRequestException", message, 400)
        api = self._api(call, match["api"])
        stage = match["stage"]
        members = existing(api.stages, "stage", stage) if stage else api.members
        tags: dict[str, str] = members.setdefault("Tags", {})
        return tags


def _without(members: Members, name: str) -> Members:
    return {key: value for key, value in members.items() if key != name}


def _checked_integration(members: Members) -> Members:
    version = members.get("PayloadFormatVersion")
    words = "PayloadFormatVersion must be 1.0 or 2.0"
    require(version in (None, "1.0", "2.0"), "BadRequestException", words)
    require_supported("integration", members, supported.INTEGRATION)
    for name in ("IntegrationUri", "PayloadFormatVersion"):
        # "you must specify a payloadFormatVersion", says the page of integrations.
        words = f"{name} is a required parameter for integration with type AWS_PROXY"
        require(members.get(name), "BadRequestException", words)
    function_arn(members["IntegrationUri"])
    return members


def _check_route(api: HttpApi, members: Members, route_id: str | None = None) -> None:
    require_supported("route", members, supported.ROUTE)
    key = members["RouteKey"]
    words = (
        "The provided route key is not formatted properly for HTTP protocol. Format should be "
        '"<HTTP METHOD> /<RESOURCE PATH>" or "$default"'
    )
    require(is_route_key(key), "BadRequestException", words)
    others = [route["RouteKey"] for name, route in api.routes.items() if name != route_id]
    if key in others:
        words = f"Route with key {key} already exists for this API"
        raise ApiError("ConflictException", words)
    if target := members.get("Target"):
        kind, _, integration_id = target.partition("/")
        require(kind == "integrations", "BadRequestException", f"Invalid target {target}")
        existing(api.integrations, "Integration", integration_id)
