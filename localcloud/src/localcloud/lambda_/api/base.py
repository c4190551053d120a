"""What the families of operations share."""

from __future__ import annotations

from typing import Any

from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.paging import Pager
from localcloud.gateway.service import Service
from localcloud.lambda_.model import Function, Registry
from localcloud.lambda_.names import FunctionRef, parse_function


def _invalid_token(token: str) -> ApiError:
    return ApiError("InvalidParameterValueException", f"The marker {token} is not valid.")


class LambdaApi(Service):
    """``falls_through`` to the next family."""

    service = "lambda"
    falls_through = True
    pager = Pager(50, _invalid_token)

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def _find(self, call: Call, params: dict[str, Any]) -> tuple[Function, FunctionRef]:
        ref = parse_function(params["FunctionName"], call.region, params.get("Qualifier"))
        return self._registry.function(ref), ref

    def _find_unqualified(self, call: Call, params: dict[str, Any]) -> Function:
        function, ref = self._find(call, params)
        if ref.qualifier and ref.qualifier != "$LATEST":
            raise ApiError(
                "InvalidParameterValueException",
                "This operation is permitted only on the function, not on "
                f"{function.arn(ref.qualifier)}.",
            )
        return function


def check_revision(wanted: str | None, actual: str) -> None:
    if wanted and wanted != actual:
        raise ApiError(
            "PreconditionFailedException",
            "The RevisionId provided does not match the latest RevisionId. Call the "
            "GetFunction/GetAlias API to retrieve the latest RevisionId",
        )


def no_content() -> Response:
    return Response(204, {}, b"")


def refuse_the_rest(call: Call) -> Response:
    """The last handler: moto's Lambda must not answer for operations that are not here."""
    raise not_emulated(
        f"the operation {call.action} ({call.request.method} {call.request.parts.path})"
    )
