"""Amazon API Gateway: REST APIs made from an OpenAPI body, as SAM writes them."""

import json
from typing import Any

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.api_calls import Calls
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names, pick
from localcloud.cloudformation.resources.provider import ResourceProvider
from localcloud.cloudformation.resources.stepfunctions import read_s3_location
from localcloud.cloudformation.templates.template import parse, text_of

_MISSING = "NotFoundException"
# Properties that the import of a body depends on.
_IMPORT = names("Body BodyS3Location FailOnWarnings Mode Parameters")


def patch(path: str, value: Any) -> Properties:
    """An operation that replaces a value, as API Gateway's update calls take them."""
    return {"op": "replace", "path": path, "value": text_of(value)}


def patches(context: ResourceContext, paths: dict[str, tuple[str, Any]]) -> list[Properties]:
    """Operations for the changed properties; ``paths``: property → path, and its default."""
    return [
        patch(path, context.properties.get(name, default))
        for name, (path, default) in paths.items()
        if context.changed(name)
    ]


class RestApi(ApiResource):
    def api_properties(self, context: ResourceContext) -> Properties:
        name, endpoint = _name(context, _body(context)), _endpoint(context.properties)
        members = {"EndpointConfiguration": endpoint} if endpoint else {}
        return {**context.properties, "Name": name, **members}

    def read_attributes(self, context: ResourceContext) -> Properties:
        api = {"restApiId": context.physical_id}
        items = self.client(context).get_resources(**api, limit=500)["items"]
        root = next(item["id"] for item in items if item["path"] == "/")
        return {**super().read_attributes(context), "RootResourceId": root}

    def update(self, context: ResourceContext) -> None:
        if _endpoint(context.previous) != _endpoint(context.properties):
            self.refuse(context.changes() & {"EndpointConfiguration", "Parameters"})
        super().update(context)

    def set_children(self, context: ResourceContext) -> None:
        """Import the body, and patch what has changed of an existing API."""
        client, body, api = self.client(context), _body(context), {"restApiId": context.physical_id}
        if body and context.changed(*_IMPORT):
            options = pick(context.properties, "FailOnWarnings", "Mode", "Parameters")
            params = {"mode": "overwrite", **self.params(context, "put_rest_api", options)}
            client.put_rest_api(**params, body=json.dumps(body).encode())
        operations = self._patches(context, body) if context.previous else []
        if operations:
            client.update_rest_api(**api, patchOperations=operations)

    def _patches(self, context: ResourceContext, body: Properties | None) -> list[Properties]:
        defaults = {
            "ApiKeySourceType": ("/apiKeySource", "HEADER"),
            "Description": ("/description", ""),
        }
        operations = patches(context, defaults)
        if context.changed("Name", "Body", "BodyS3Location"):
            operations.append(patch("/name", _name(context, body)))
        if context.changed("Policy"):
            policy = context.properties.get("Policy")
            operations.append(patch("/policy", json.dumps(policy) if policy else ""))
        return operations


def _body(context: ResourceContext) -> Properties | None:
    body: Properties | None = context.properties.get("Body")
    if location := context.properties.get("BodyS3Location"):
        body = parse(read_s3_location(context, location))
    return body


def _name(context: ResourceContext, body: Properties | None) -> str:
    """The Name property wins over the body's title; without either AWS refuses."""
    name = context.properties.get("Name") or (body or {}).get("info", {}).get("title")
    if not name:
        raise ResourceFailure(f"Name is required for the REST API {context.logical_id}")
    return str(name)


def _endpoint(properties: Properties) -> Properties | None:
    """From EndpointConfiguration, or from the import's parameter, which is how SAM gives it."""
    kind = properties.get("Parameters", {}).get("endpointConfigurationTypes")
    return properties.get("EndpointConfiguration") or ({"Types": [kind]} if kind else None)


class Deployment(ApiResource):
    def delete(self, context: ResourceContext) -> None:
        """Delete its own stage first: a deployment with a stage cannot be deleted."""
        if name := context.properties.get("StageName"):
            client = self.client(context)
            stage = {"restApiId": context.properties["RestApiId"], "stageName": name}
            try:
                is_own = client.get_stage(**stage)["deploymentId"] == context.physical_id
            except client.exceptions.NotFoundException:
                is_own = False
            if is_own:
                client.delete_stage(**stage)
        super().delete(context)


class Account(ResourceProvider):
    """The one of the account and Region; as on AWS its setting outlives the resource."""

    def create(self, context: ResourceContext) -> None:
        self.update(context)
        context.created(context.generate_name(128))

    def update(self, context: ResourceContext) -> None:
        role = patch("/cloudwatchRoleArn", context.properties.get("CloudWatchRoleArn", ""))
        context.client("apigateway").update_account(patchOperations=[role])

    def delete(self, context: ResourceContext) -> None:
        """Nothing to delete."""


PROVIDERS = (
    RestApi(
        type="AWS::ApiGateway::RestApi",
        supported=_IMPORT
        | names("ApiKeySourceType Description DisableExecuteApiEndpoint")
        | names("EndpointConfiguration MinimumCompressionSize Name Policy Tags"),
        calls=Calls("create_rest_api", "delete_rest_api"),
        missing=_MISSING,
        key="restApiId",
        id_path="id",
        renamed={"ApiKeySourceType": "apiKeySource"},
        # The others are refused: moto forgets them or takes any value for true.
        also_changeable=_IMPORT | names("ApiKeySourceType Description Name Policy"),
        attributes={"RestApiId": "{id}"},
    ),
    Deployment(
        type="AWS::ApiGateway::Deployment",
        supported=names("Description RestApiId StageName"),
        calls=Calls("create_deployment", "delete_deployment"),
        missing=_MISSING,
        key="deploymentId",
        id_path="id",
        attributes={"DeploymentId": "{id}"},
    ),
    Account(type="AWS::ApiGateway::Account", supported=names("CloudWatchRoleArn")),
)
