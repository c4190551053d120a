"""Operations that moto does not do as AWS does: importing an OpenAPI document, access logs.

moto keeps the REST APIs; only this module writes moto's objects.
"""

import json
from typing import Any

from moto.apigateway.models import APIGatewayBackend, RestAPI, apigateway_backends

from localcloud.apigateway import openapi
from localcloud.apigateway.openapi import ApiDefinition, MethodDefinition
from localcloud.clock import utc
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.moto_bridge import service_lock
from localcloud.gateway.service import Service


def backend(account: str, region: str) -> APIGatewayBackend:
    backend: APIGatewayBackend = apigateway_backends[account][region]
    return backend


def _write(
    apis: APIGatewayBackend, api: RestAPI, definition: ApiDefinition, *, overwrite: bool
) -> dict[str, Any]:
    """Add the definition to ``api``, or replace what it had; the API as answers show it."""
    if overwrite:
        for resource_id in api.resources.keys() - {api.default.id}:
            del api.resources[resource_id]
        api.default.resource_methods.clear()
    for method in definition.methods:
        _write_method(apis, api, method)
    if definition.policy is not None:
        api.policy = json.dumps(definition.policy)
    members = api.to_dict()
    return {**members, "createdDate": utc(members["createdDate"])}


def _write_method(apis: APIGatewayBackend, api: RestAPI, method: MethodDefinition) -> None:
    resource_id = _resource_id(apis, api, method.path)
    apis.put_method(
        api.id,
        resource_id,
        method.method,
        authorization_type=method.authorization,
        operation_name=method.operation_name,
    )
    integration = method.integration
    if not integration:
        return
    # moto's put_integration also checks the credentials' account; the resource takes all.
    api.resources[resource_id].add_integration(
        method.method,
        str(integration.get("type", "")).upper(),
        integration.get("uri", ""),
        integration_method=integration.get("httpMethod"),
        timeout_in_millis=integration.get("timeoutInMillis"),
        credentials=integration.get("credentials"),
        passthrough_behavior=integration.get("passthroughBehavior", "when_no_match").upper(),
        content_handling=integration.get("contentHandling"),
        request_templates=integration.get("requestTemplates"),
        request_parameters=integration.get("requestParameters"),
    )


def _resource_id(apis: APIGatewayBackend, api: RestAPI, path: str) -> str:
    """The id of the resource at ``path``, which is created with its ancestors if need be."""
    existing = api.get_resource_for_path(path)
    if existing:
        return str(existing.id)
    parent, _, part = path.rstrip("/").rpartition("/")
    parent_id = _resource_id(apis, api, parent or "/")
    return str(apis.create_resource(api.id, parent_id, part).id)


class Importer(Service):
    """moto reads OpenAPI 3 only, and drops authorization and policy."""

    service = "apigateway"
    falls_through = True

    def __init__(self, account: str) -> None:
        self._account = account

    def create_rest_api(self, _: Call, **params: Any) -> None:
        if params.get("binaryMediaTypes"):
            raise not_emulated("binaryMediaTypes of a REST API")

    def update_rest_api(self, _: Call, **params: Any) -> None:
        for patch in params.get("patchOperations") or []:
            if str(patch.get("path")).startswith("/binaryMediaTypes"):
                raise not_emulated("binaryMediaTypes of a REST API")

    def import_rest_api(self, call: Call, **params: Any) -> dict[str, Any]:
        definition = openapi.read(params["body"])
        parameters = params.get("parameters") or {}
        types = parameters.get("endpointConfigurationTypes", "EDGE").split(",")
        apis = backend(self._account, call.region)
        with service_lock("apigateway"):
            api = apis.create_rest_api(definition.title, definition.description)
            api.endpoint_configuration = {"types": types}
            return _write(apis, api, definition, overwrite=True)

    def put_rest_api(self, call: Call, **params: Any) -> dict[str, Any]:
        definition = openapi.read(params["body"])
        api_id = params["restApiId"]
        apis = backend(self._account, call.region)
        with service_lock("apigateway"):
            if (api := apis.apis.get(api_id)) is None:
                raise ApiError("NotFoundException", f"Invalid API identifier specified {api_id}")
            return _write(apis, api, definition, overwrite=params.get("mode") == "overwrite")


def check_logging_role(account: str, call: Call) -> Response | None:
    """Refuse an UpdateStage that turns access logs on without the account's CloudWatch role.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    """
    if call.name != "UpdateStage":
        return None
    sets_access_log = any(
        patch.get("op") == "replace"
        and str(patch.get("path", "")).startswith("/accessLogSettings/")
        for patch in call.params.get("patchOperations") or []
    )
    if sets_access_log and not backend(account, call.region).get_account().cloudwatch_role_arn:
        raise ApiError(
            "BadRequestException",
            "CloudWatch Logs role ARN must be set in account settings to enable logging",
        )
    return None
