"""Versions of functions, and aliases."""

import uuid
from dataclasses import replace
from typing import Any

from localcloud.gateway.errors import not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.lambda_.api.base import ApiBase, no_content
from localcloud.lambda_.arns import LATEST
from localcloud.lambda_.errors import conflict, invalid_parameter, not_found
from localcloud.lambda_.model import Function, Version


class VersionsApi(ApiBase):
    def publish_version(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find_unqualified(call, params)
        sha, actual = params.get("CodeSha256"), function.latest.configuration["CodeSha256"]
        if sha and sha != actual:
            raise invalid_parameter(
                f"CodeSHA256 ({sha}) is different from current CodeSHA256 in $LATEST ({actual}). "
                "Please try again with the CodeSHA256 in $LATEST."
            )
        return dict(self._publish(function, params.get("Description")).configuration)

    def list_versions_by_function(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find_unqualified(call, params)
        latest = view(function, function.latest, LATEST)
        published = [dict(version.configuration) for version in function.published.values()]
        return {"Versions": [latest, *published]}

    def create_alias(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find_unqualified(call, params)
        name = params["Name"]
        if name in function.aliases:
            raise conflict(f"Alias already exists: {function.arn(name)}")
        alias = {"AliasArn": function.arn(name), "Name": name, "Description": ""}
        return self._store_alias(function, alias, params)

    def get_alias(self, call: Call, **params: Any) -> dict[str, Any]:
        return _alias(self._find_unqualified(call, params), params["Name"])

    def update_alias(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find_unqualified(call, params)
        alias = _alias(function, params["Name"])
        return self._store_alias(function, alias, params)

    def delete_alias(self, call: Call, **params: Any) -> Response:
        with self._registry.lock:
            self._find_unqualified(call, params).aliases.pop(params["Name"], None)
        return no_content()

    def list_aliases(self, call: Call, **params: Any) -> dict[str, Any]:
        aliases = self._find_unqualified(call, params).aliases.values()
        version = params.get("FunctionVersion")
        return {"Aliases": [a for a in aliases if version in (None, a["FunctionVersion"])]}

    def _store_alias(
        self, function: Function, alias: dict[str, Any], params: dict[str, Any]
    ) -> dict[str, Any]:
        if params.get("FunctionVersion"):
            function.version(params["FunctionVersion"])
        if params.get("RoutingConfig", {}).get("AdditionalVersionWeights"):
            raise not_emulated("weighted Lambda aliases")
        stored = {**alias, "RevisionId": str(uuid.uuid4())}
        for member in ("FunctionVersion", "Description"):
            if member in params:
                stored[member] = params[member]
        with self._registry.lock:
            function.aliases[params["Name"]] = stored
        return stored

    def _publish(self, function: Function, description: str | None = None) -> Version:
        """Return a new version, or the last one if nothing has changed since."""
        with self._registry.lock:
            last = next(reversed(function.published.values()), None)
            if last and _content(last) == _content(function.latest):
                return last
            number = str(int(last.number) + 1 if last else 1)
            settings = {
                **function.latest.configuration,
                "Version": number,
                "FunctionArn": function.arn(number),
                "RevisionId": str(uuid.uuid4()),
            }
            if description is not None:
                settings["Description"] = description
            version = replace(function.latest, configuration=settings)
            function.published[number] = version
            return version

    def _delete_version(self, function: Function, qualifier: str) -> None:
        if qualifier == LATEST:
            message = "$LATEST version cannot be deleted without deleting the function."
            raise invalid_parameter(message)
        users = [a["Name"] for a in function.aliases.values() if a["FunctionVersion"] == qualifier]
        if users:
            raise conflict(
                f"Unable to delete version because the following aliases reference it: {users}"
            )
        if version := function.published.pop(qualifier, None):
            self._lambda.executor.retire(version)


def view(function: Function, version: Version, qualifier: str | None) -> dict[str, Any]:
    return {**version.configuration, "FunctionArn": function.arn(qualifier)}


def _content(version: Version) -> dict[str, Any]:
    varying = ("Version", "FunctionArn", "RevisionId", "LastModified", "Description")
    return {name: value for name, value in version.configuration.items() if name not in varying}


def _alias(function: Function, name: str) -> dict[str, Any]:
    if name not in function.aliases:
        raise not_found(f"Cannot find alias arn: {function.arn(name)}")
    return function.aliases[name]
