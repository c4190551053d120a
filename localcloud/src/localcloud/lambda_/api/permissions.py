"""Resource policies, and tags."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.lambda_.api.base import LambdaApi, check_revision, no_content
from localcloud.lambda_.invocation import policy_document
from localcloud.lambda_.model import Function
from localcloud.lambda_.names import parse_function
from localcloud.lambda_.policy import statement

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: function resource-based
# policy
_POLICY_BYTES = 20 * 1024


class PermissionsApi(LambdaApi):
    def add_permission(self, call: Call, **params: Any) -> dict[str, Any]:
        function, ref = self._find(call, params)
        function.version(ref.qualifier)
        check_revision(params.get("RevisionId"), _revision(function.statements[ref.qualifier]))
        added = statement(params, function.arn(ref.qualifier))
        with self._registry.lock:
            statements = function.statements[ref.qualifier]
            if any(one["Sid"] == added["Sid"] for one in statements):
                raise ApiError(
                    "ResourceConflictException",
                    f"The statement id ({added['Sid']}) provided already exists. Please provide a "
                    "new statement id, or remove the existing statement.",
                )
            if len(json.dumps([*statements, added])) > _POLICY_BYTES:
                raise ApiError(
                    "PolicyLengthExceededException",
                    f"The final policy size is bigger than the limit ({_POLICY_BYTES}).",
                )
            statements.append(added)
        return {"Statement": json.dumps(added, separators=(",", ":"))}

    def remove_permission(self, call: Call, **params: Any) -> Response:
        function, ref = self._find(call, params)
        with self._registry.lock:
            statements = function.statements[ref.qualifier]
            kept = [one for one in statements if one["Sid"] != params["StatementId"]]
            if len(kept) == len(statements):
                raise ApiError(
                    "ResourceNotFoundException",
                    f"Statement {params['StatementId']} is not found in resource policy.",
                )
            function.statements[ref.qualifier] = kept
        return no_content()

    def get_policy(self, call: Call, **params: Any) -> dict[str, Any]:
        function, ref = self._find(call, params)
        statements = function.statements[ref.qualifier]
        if not statements:
            raise ApiError(
                "ResourceNotFoundException", "The resource you requested does not exist."
            )
        text = json.dumps(policy_document(statements), separators=(",", ":"))
        return {"Policy": text, "RevisionId": _revision(statements)}

    def tag_resource(self, call: Call, **params: Any) -> Response:
        function = self._tagged(call, params)
        function.tags.update(params["Tags"])
        return no_content()

    def untag_resource(self, call: Call, **params: Any) -> Response:
        function = self._tagged(call, params)
        for key in params["TagKeys"]:
            function.tags.pop(key, None)
        return no_content()

    def list_tags(self, call: Call, **params: Any) -> dict[str, Any]:
        return {"Tags": self._tagged(call, params).tags}

    def _tagged(self, call: Call, params: dict[str, Any]) -> Function:
        return self._registry.function(parse_function(params["Resource"], call.region))


def _revision(statements: list[dict[str, Any]]) -> str:
    """A revision id that is the same for the same policy."""
    digest = hashlib.sha256(json.dumps(statements).encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"
