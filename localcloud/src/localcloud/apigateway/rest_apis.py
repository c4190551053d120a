"""REST APIs as moto keeps them: the one place that writes moto's objects."""

from __future__ import annotations

import json
from typing import Any

from moto.apigateway.models import APIGatewayBackend, RestAPI, apigateway_backends

from localcloud.apigateway.openapi import ApiDefinition, MethodDefinition
from localcloud.clock import utc


def backend(account: str, region: str) -> APIGatewayBackend:
    backend: APIGatewayBackend = apigateway_backends[account][region]
    return backend


def describe(api: RestAPI) -> dict[str, Any]:
    """The API as the service's answers show it."""
    members = api.to_dict()
    return {**members, "createdDate": utc(members["createdDate"])}


def write(
    backend: APIGatewayBackend, api: RestAPI, definition: ApiDefinition, *, overwrite: bool
) -> None:
    """Add the definition to ``api``, or replace what it had before."""
    if overwrite:
        for resource_id in [
            resource.id for resource in api.resources.values() if resource.parent_id
        ]:
            del api.resources[resource_id]
        api.default.resource_methods.clear()
    for method in definition.methods:
        _write_method(backend, api, method)
    if definition.policy is not None:
        api.policy = json.dumps(definition.policy)
    if definition.binary_media_types:
        api.binaryMediaTypes = definition.binary_media_types


def _write_method(backend: APIGatewayBackend, api: RestAPI, method: MethodDefinition) -> None:
    resource_id = _resource_id(backend, api, method.path)
    backend.put_method(
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


def _resource_id(backend: APIGatewayBackend, api: RestAPI, path: str) -> str:
    """The id of the resource at ``path``, which is created with its ancestors if need be."""
    existing = api.get_resource_for_path(path)
    if existing:
        return str(existing.id)
    parent, _, part = path.rstrip("/").rpartition("/")
    parent_id = _resource_id(backend, api, parent or "/")
    return str(backend.create_resource(api.id, parent_id, part).id)
