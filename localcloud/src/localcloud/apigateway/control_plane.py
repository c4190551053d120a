"""The operations that moto does not do as AWS does: importing an OpenAPI document, access logs."""

from __future__ import annotations

from typing import Any

from localcloud.apigateway import openapi, rest_apis
from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.moto_bridge import service_lock
from localcloud.gateway.service import Service


class Importer(Service):
    """moto reads OpenAPI 3 only, and drops authorization, policy and binary types."""

    service = "apigateway"
    falls_through = True

    def __init__(self, account: str) -> None:
        self._account = account

    def import_rest_api(self, call: Call, **params: Any) -> dict[str, Any]:
        definition = openapi.read(_bytes(params["body"]))
        store = rest_apis.backend(self._account, call.region)
        given = params.get("parameters") or {}
        with service_lock("apigateway"):
            api = store.create_rest_api(definition.title, definition.description)
            api.endpoint_configuration = {
                "types": given.get("endpointConfigurationTypes", "EDGE").split(",")
            }
            rest_apis.write(store, api, definition, "overwrite")
            return rest_apis.shown(api)

    def put_rest_api(self, call: Call, **params: Any) -> dict[str, Any]:
        definition = openapi.read(_bytes(params["body"]))
        store = rest_apis.backend(self._account, call.region)
        with service_lock("apigateway"):
            api = store.apis.get(params["restApiId"])
            if api is None:
                raise ApiError(
                    "NotFoundException", "Invalid API identifier specified " + params["restApiId"]
                )
            rest_apis.write(store, api, definition, params.get("mode") or "merge")
            return rest_apis.shown(api)


def check_logging_role(account: str, call: Call) -> Response | None:
    """Before UpdateStage: access logs need the account's CloudWatch role; answers nothing itself.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    """
    if call.name != "UpdateStage":
        return None
    operations = call.params.get("patchOperations") or []
    wanted = any(
        one.get("op") == "replace" and str(one.get("path", "")).startswith("/accessLogSettings/")
        for one in operations
    )
    if wanted and not rest_apis.backend(account, call.region).get_account().cloudwatch_role_arn:
        raise ApiError(
            "BadRequestException",
            "CloudWatch Logs role ARN must be set in account settings to enable logging",
        )
    return None


def _bytes(body: bytes | str) -> bytes:
    return body.encode() if isinstance(body, str) else body
