"""Resource policies, and tags."""

import hashlib
import json
import uuid
from typing import Any

from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.tagging import Tagging
from localcloud.lambda_.api.base import ApiBase, no_content
from localcloud.lambda_.arns import LATEST, parse_function
from localcloud.lambda_.errors import conflict, invalid_parameter, not_found
from localcloud.lambda_.permissions import check_permission, policy_document, statement

# "Function resource-based policy":
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_POLICY_BYTES = 20 * 1024


class PermissionsApi(Tagging, ApiBase):
    def add_permission(self, call: Call, **params: Any) -> dict[str, Any]:
        check_permission(params)
        function = self._find(call, params)
        if params.get("Qualifier") == LATEST:
            raise invalid_parameter("We currently do not support adding policies for $LATEST.")
        added = statement(params, function.arn)
        with self._registry.lock:
            statements = function.statements
            if any(existing["Sid"] == added["Sid"] for existing in statements):
                raise conflict(
                    f"The statement id ({added['Sid']}) provided already exists. Please provide a "
                    "new statement id, or remove the existing statement."
                )
            if len(json.dumps([*statements, added])) > _POLICY_BYTES:
                message = f"The final policy size is bigger than the limit ({_POLICY_BYTES})."
                raise ApiError("PolicyLengthExceededException", message)
            statements.append(added)
        return {"Statement": json.dumps(added, separators=(",", ":"))}

    def remove_permission(self, call: Call, **params: Any) -> Response:
        function, sid = self._find(call, params), params["StatementId"]
        with self._registry.lock:
            remaining = [existing for existing in function.statements if existing["Sid"] != sid]
            if len(remaining) == len(function.statements):
                raise not_found(f"Statement {sid} is not found in resource policy.")
            function.statements = remaining
        return no_content()

    def get_policy(self, call: Call, **params: Any) -> dict[str, Any]:
        statements = self._find(call, params).statements
        if not statements:
            raise not_found()
        return {"Policy": policy_document(statements), "RevisionId": _revision(statements)}

    def tags_of(self, call: Call, arn: str) -> dict[str, str]:
        return self._registry.function(parse_function(arn, call.region)).tags


def _revision(statements: list[dict[str, Any]]) -> str:
    """Return a revision id that is the same for the same policy."""
    return str(uuid.UUID(hashlib.sha256(json.dumps(statements).encode()).hexdigest()[:32]))
