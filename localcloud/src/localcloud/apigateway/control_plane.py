"""Operations that moto does not do as AWS does: importing an OpenAPI document, access logs."""

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
        definition = openapi.read(params["body"])
        parameters = params.get("parameters") or {}
        types = parameters.get("endpointConfigurationTypes", "EDGE").split(",")
        backend = rest_apis.backend(self._account, call.region)
        with service_lock("apigateway"):
            api = backend.create_rest_api(definition.title, definition.description)
            api.endpoint_configuration = {"types": types}
            rest_apis.write(backend, api, definition, overwrite=True)
            return rest_apis.describe(api)

    def put_rest_api(self, call: Call, **params: Any) -> dict[str, Any]:
        definition = openapi.read(params["body"])
        api_id = params["restApiId"]
        backend = rest_apis.backend(self._account, call.region)
        with service_lock("apigateway"):
            api = backend.apis.get(api_id)
            if api is None:
                message = f"Invalid API identifier specified {api_id}"
                raise ApiError("NotFoundException", message)
            rest_apis.write(backend, api, definition, overwrite=params.get("mode") == "overwrite")
            return rest_apis.describe(api)


def check_logging_role(account: str, call: Call) -> Response | None:
    """Refuse an UpdateStage that turns access logs on without the account's CloudWatch role.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    """
    if call.name != "UpdateStage":
        return None
    sets_access_log = any(
        patch.get("op") == "replace"
        and str(patch.get("path", "")).startswith("/accessLogSettings/")
        for patch in call.params.get("patchOperations") or []
    )
    backend = rest_apis.backend(account, call.region)
    if sets_access_log and not backend.get_account().cloudwatch_role_arn:
        raise ApiError(
            "BadRequestException",
            "CloudWatch Logs role ARN must be set in account settings to enable logging",
        )
    return None
