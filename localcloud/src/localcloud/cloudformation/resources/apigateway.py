"""Amazon API Gateway: REST APIs made from an OpenAPI body, as SAM writes them."""

from __future__ import annotations

import json
from typing import Any

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    given,
    gone,
    lower_first,
    names,
)
from localcloud.cloudformation.templates.template import parse, text_of

_GONE = "NotFoundException"


def replace(path: str, value: Any) -> Props:
    """A patch operation, as API Gateway's update calls take them."""
    return {"op": "replace", "path": path, "value": text_of(value)}


# Property → its patch path, and what a property that was dropped goes back to.
_PATCHES: dict[str, tuple[str, Any]] = {
    "ApiKeySourceType": ("/apiKeySource", "HEADER"),
    "Description": ("/description", ""),
}
# Properties whose change moto forgets, cannot find the API for, or takes any value of for true.
_NOT_CHANGEABLE = (
    "BinaryMediaTypes",
    "DisableExecuteApiEndpoint",
    "MinimumCompressionSize",
    "Tags",
)
# What the import of a body depends on.
_IMPORT = ("Body", "BodyS3Location", "FailOnWarnings", "Mode", "Parameters")


class RestApi(ResourceType):
    type = "AWS::ApiGateway::RestApi"
    consumes = names(
        "ApiKeySourceType BinaryMediaTypes Body BodyS3Location Description "
        "DisableExecuteApiEndpoint EndpointConfiguration FailOnWarnings MinimumCompressionSize "
        "Mode Name Parameters Policy Tags"
    )

    def create(self, site: Site, props: Props) -> str:
        client = site.client("apigateway")
        body = self._body(site, props)
        made = lower_first(
            given(
                props,
                "ApiKeySourceType",
                "BinaryMediaTypes",
                "Description",
                "DisableExecuteApiEndpoint",
                "MinimumCompressionSize",
            )
        )
        if endpoint := self._endpoint(props):
            made["endpointConfiguration"] = endpoint
        if "Policy" in props:
            made["policy"] = json.dumps(props["Policy"])
        if tags := {item["Key"]: item["Value"] for item in props.get("Tags", [])}:
            made["tags"] = tags
        api: str = client.create_rest_api(name=self._name(site, props, body), **made)["id"]
        site.created(api)
        if body:
            self._import(client, api, props, body)
        return api

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        client = site.client("apigateway")
        items = client.get_resources(restApiId=physical_id, limit=500)["items"]
        root = next(item["id"] for item in items if item["path"] == "/")
        return {"RestApiId": physical_id, "RootResourceId": root}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        client, body = site.client("apigateway"), self._body(site, new)
        if changed(old, new, *_NOT_CHANGEABLE) or self._endpoint(old) != self._endpoint(new):
            super().update(site, physical_id, old, new)
        patches = [
            replace(path, new.get(key, default))
            for key, (path, default) in _PATCHES.items()
            if changed(old, new, key)
        ]
        if changed(old, new, "Name", "Body", "BodyS3Location"):
            patches.append(replace("/name", self._name(site, new, body)))
        if changed(old, new, "Policy"):
            policy = json.dumps(new["Policy"]) if "Policy" in new else ""
            patches.append(replace("/policy", policy))
        if body and changed(old, new, *_IMPORT):
            self._import(client, physical_id, new, body)
        if patches:
            client.update_rest_api(restApiId=physical_id, patchOperations=patches)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(site.client("apigateway").delete_rest_api, _GONE, restApiId=physical_id)

    def _body(self, site: Site, props: Props) -> Props | None:
        if where := props.get("BodyS3Location"):
            version = {"VersionId": where["Version"]} if "Version" in where else {}
            answer = site.client("s3").get_object(
                Bucket=where["Bucket"], Key=where["Key"], **version
            )
            read: Props = parse(answer["Body"].read().decode())
            return read
        body: Props | None = props.get("Body")
        return body

    def _name(self, site: Site, props: Props, body: Props | None) -> str:
        """The Name property wins over the body's title; without either AWS refuses."""
        named = props.get("Name") or (body or {}).get("info", {}).get("title")
        if not named:
            raise ResourceFailure(f"Name is required for the REST API {site.logical_id}")
        return str(named)

    def _endpoint(self, props: Props) -> Props | None:
        """From EndpointConfiguration, or from the import's parameter, which is how SAM gives it."""
        if "EndpointConfiguration" in props:
            made: Props = lower_first(props["EndpointConfiguration"])
            return made
        kind = props.get("Parameters", {}).get("endpointConfigurationTypes")
        return {"types": [kind]} if kind else None

    def _import(self, client: Any, api: str, props: Props, body: Props) -> None:
        more: Props = (
            {"failOnWarnings": props["FailOnWarnings"]} if "FailOnWarnings" in props else {}
        )
        if "Parameters" in props:
            more["parameters"] = {k: text_of(v) for k, v in props["Parameters"].items()}
        client.put_rest_api(
            restApiId=api,
            mode=props.get("Mode", "overwrite"),
            body=json.dumps(body).encode(),
            **more,
        )


class Deployment(ResourceType):
    type = "AWS::ApiGateway::Deployment"
    consumes = names("Description RestApiId StageName")

    def create(self, site: Site, props: Props) -> str:
        made: str = site.client("apigateway").create_deployment(**lower_first(props))["id"]
        return made

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"DeploymentId": physical_id}

    def delete(self, site: Site, physical_id: str, props: Props) -> None:
        gone(
            site.client("apigateway").delete_deployment,
            _GONE,
            restApiId=props["RestApiId"],
            deploymentId=physical_id,
        )


class Account(ResourceType):
    """One an account and Region; removing the resource leaves the setting, as on AWS."""

    type = "AWS::ApiGateway::Account"
    consumes = names("CloudWatchRoleArn")

    def create(self, site: Site, props: Props) -> str:
        self._set(site, props)
        return site.name(128)

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"Id": physical_id}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        self._set(site, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:
        """Nothing to remove."""

    def _set(self, site: Site, props: Props) -> None:
        patch = replace("/cloudwatchRoleArn", props.get("CloudWatchRoleArn", ""))
        site.client("apigateway").update_account(patchOperations=[patch])


TYPES = (RestApi, Deployment, Account)
