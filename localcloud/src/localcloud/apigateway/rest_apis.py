"""moto's API Gateway: the one place where its objects are touched."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from moto.apigateway.models import APIGatewayBackend, RestAPI, apigateway_backends

from localcloud.apigateway.openapi import ApiDefinition, MethodDefinition
from localcloud.clock import utc


def backend(account: str, region: str) -> APIGatewayBackend:
    found: APIGatewayBackend = apigateway_backends[account][region]
    return found


def write(store: APIGatewayBackend, api: RestAPI, definition: ApiDefinition, mode: str) -> None:
    """Make ``api`` what the definition says; with ``overwrite`` what it had before goes."""
    if mode == "overwrite":
        for resource_id in [one.id for one in api.resources.values() if one.parent_id]:
            del api.resources[resource_id]
        api.default.resource_methods.clear()
    for method in definition.methods:
        _write_method(store, api, method)
    if definition.policy is not None:
        api.policy = json.dumps(definition.policy)
    if definition.binary_media_types:
        api.binaryMediaTypes = definition.binary_media_types


def shown(api: RestAPI) -> dict[str, Any]:
    """The API as the service's answers show it."""
    members = {key: value for key, value in api.to_dict().items() if value is not None}
    created: datetime = utc(members["createdDate"])
    return {**members, "createdDate": created}


def _write_method(store: APIGatewayBackend, api: RestAPI, method: MethodDefinition) -> None:
    resource_id = _resource(store, api, method.path)
    store.put_method(
        api.id,
        resource_id,
        method.method,
        authorization_type=method.authorization,
        operation_name=method.operation_name,
    )
    given = method.integration
    if not given:
        return
    # moto wants to know the credentials' account and so on in put_integration; the resource takes
    # what it gets.
    api.resources[resource_id].add_integration(
        method.method,
        str(given.get("type", "")).upper(),
        given.get("uri", ""),
        integration_method=given.get("httpMethod"),
        timeout_in_millis=given.get("timeoutInMillis"),
        credentials=given.get("credentials"),
        passthrough_behavior=given.get("passthroughBehavior", "when_no_match").upper(),
        content_handling=given.get("contentHandling"),
        request_templates=given.get("requestTemplates"),
        request_parameters=given.get("requestParameters"),
    )


def _resource(store: APIGatewayBackend, api: RestAPI, path: str) -> str:
    """The id of the resource at ``path``, made with its ancestors if need be."""
    existing = api.get_resource_for_path(path)
    if existing:
        return str(existing.id)
    parent, _, part = path.rstrip("/").rpartition("/")
    parent_id = _resource(store, api, parent or "/")
    return str(store.create_resource(api.id, parent_id, part).id)
