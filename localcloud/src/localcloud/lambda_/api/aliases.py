"""Aliases."""

from __future__ import annotations

import uuid
from typing import Any

from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.lambda_.api.base import LambdaApi, check_revision, no_content
from localcloud.lambda_.model import Function


class AliasesApi(LambdaApi):
    def create_alias(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find_unqualified(call, params)
        name = params["Name"]
        if name in function.aliases:
            raise ApiError(
                "ResourceConflictException", f"Alias already exists: {function.arn(name)}"
            )
        function.version(params["FunctionVersion"])
        alias = {"AliasArn": function.arn(name), "Name": name, "Description": ""}
        with self._registry.lock:
            function.aliases[name] = _changed(alias, params)
        return function.aliases[name]

    def get_alias(self, call: Call, **params: Any) -> dict[str, Any]:
        return _alias(self._find_unqualified(call, params), params["Name"])

    def update_alias(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find_unqualified(call, params)
        alias = _alias(function, params["Name"])
        check_revision(params.get("RevisionId"), alias["RevisionId"])
        if params.get("FunctionVersion"):
            function.version(params["FunctionVersion"])
        with self._registry.lock:
            function.aliases[params["Name"]] = _changed(alias, params)
        return function.aliases[params["Name"]]

    def delete_alias(self, call: Call, **params: Any) -> Response:
        with self._registry.lock:
            self._find_unqualified(call, params).aliases.pop(params["Name"], None)
        return no_content()

    def list_aliases(self, call: Call, **params: Any) -> dict[str, Any]:
        aliases = self._find_unqualified(call, params).aliases.values()
        wanted = params.get("FunctionVersion")
        chosen = [alias for alias in aliases if wanted in (None, alias["FunctionVersion"])]
        return {"Aliases": chosen}


def _alias(function: Function, name: str) -> dict[str, Any]:
    if name not in function.aliases:
        raise ApiError("ResourceNotFoundException", f"Cannot find alias arn: {function.arn(name)}")
    return function.aliases[name]


def _changed(alias: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    if params.get("RoutingConfig", {}).get("AdditionalVersionWeights"):
        raise not_emulated("weighted Lambda aliases")
    wanted: tuple[str, ...] = ("FunctionVersion", "Description")
    members = {name: params[name] for name in wanted if name in params}
    return {**alias, **members, "RevisionId": str(uuid.uuid4())}
