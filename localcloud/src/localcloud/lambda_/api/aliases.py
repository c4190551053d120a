"""Aliases."""

from __future__ import annotations

import uuid
from typing import Any

from localcloud.gateway.errors import not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.lambda_.api.base import ApiBase, check_revision, no_content
from localcloud.lambda_.errors import conflict, not_found
from localcloud.lambda_.model import Function


class AliasesApi(ApiBase):
    def create_alias(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find_unqualified(call, params)
        name = params["Name"]
        if name in function.aliases:
            raise conflict(f"Alias already exists: {function.arn(name)}")
        alias = {"AliasArn": function.arn(name), "Name": name, "Description": ""}
        return self._store(function, alias, params)

    def get_alias(self, call: Call, **params: Any) -> dict[str, Any]:
        return _alias(self._find_unqualified(call, params), params["Name"])

    def update_alias(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find_unqualified(call, params)
        alias = _alias(function, params["Name"])
        check_revision(params.get("RevisionId"), alias["RevisionId"])
        return self._store(function, alias, params)

    def delete_alias(self, call: Call, **params: Any) -> Response:
        with self._registry.lock:
            self._find_unqualified(call, params).aliases.pop(params["Name"], None)
        return no_content()

    def list_aliases(self, call: Call, **params: Any) -> dict[str, Any]:
        aliases = self._find_unqualified(call, params).aliases.values()
        version = params.get("FunctionVersion")
        return {"Aliases": [a for a in aliases if version in (None, a["FunctionVersion"])]}

    def _store(
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


def _alias(function: Function, name: str) -> dict[str, Any]:
    if name not in function.aliases:
        raise not_found(f"Cannot find alias arn: {function.arn(name)}")
    return function.aliases[name]
