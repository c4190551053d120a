"""Documents: moto keeps them; Automation documents are checked first, as Systems Manager does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import ServiceException
from moto.ssm.models import Document, SimpleSystemManagerBackend, ssm_backends

from localcloud.gateway import moto_bridge
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.service import Service
from localcloud.ssm.runbook import Runbook, parse, read
from localcloud.ssm.validation import validated

_ARN = re.compile(
    r"^arn:[\w-]+:ssm:(?P<region>[\w-]+):\d*:(?:document|automation-definition)/"
    r"(?P<name>[\w.-]+)(?::.+)?$"
)


@dataclass(frozen=True)
class Definition:
    name: str
    version: str
    runbook: Runbook


class Documents(Service):
    """What is not here goes to moto."""

    service = "ssm"
    falls_through = True

    def __init__(self, account: str) -> None:
        self._account = account

    # API

    def create_document(self, call: Call, **params: Any) -> Response:
        if params.get("DocumentType") == "Automation":
            validated(parse(params["Content"], params.get("DocumentFormat", "JSON")))
        return moto_bridge.dispatch(call)

    def update_document(self, call: Call, **params: Any) -> Response:
        known = self._find(call.region, params["Name"], "$LATEST")
        if known is not None and known.document_type == "Automation":
            validated(parse(params["Content"], params.get("DocumentFormat", "JSON")))
        return moto_bridge.dispatch(call)

    def get_document(self, call: Call, **params: Any) -> dict[str, Any]:
        """moto's answer, also for an ARN and for the version $DEFAULT."""
        with moto_bridge.service_lock("ssm"):
            try:
                return self._backend(call.region).get_document(
                    _name(params["Name"]),
                    _version(params.get("DocumentVersion")),
                    params.get("VersionName", ""),
                    params.get("DocumentFormat", ""),
                )
            except ServiceException as error:
                raise ApiError(error.code, error.message) from error

    def describe_document(self, call: Call, **params: Any) -> dict[str, Any]:
        with moto_bridge.service_lock("ssm"):
            try:
                found = self._backend(call.region).describe_document(
                    _name(params["Name"]),
                    _version(params.get("DocumentVersion")),
                    params.get("VersionName", ""),
                )
            except ServiceException as error:
                raise ApiError(error.code, error.message) from error
        return {"Document": found}

    # What executions need

    def definition(self, region: str, name: str, version: str) -> Definition:
        """Raises AutomationDefinitionNotFoundException and …VersionNotFoundException."""
        arn = _ARN.match(name)
        if arn and arn["region"] and arn["region"] != region:
            raise _no_definition(name)
        plain = _name(name)
        if plain.startswith("AWS-"):
            raise not_emulated(f"the document {plain}, which AWS owns")
        if self._find(region, plain, "$DEFAULT") is None:
            raise _no_definition(name)
        document = self._find(region, plain, version)
        if document is None:
            raise ApiError(
                "AutomationDefinitionVersionNotFoundException",
                f"Automation Definition {plain} has no version {version}.",
            )
        if document.document_type != "Automation":
            raise _no_definition(name)
        content = parse(document.content, document.document_format)
        return Definition(plain, document.document_version, read(content))

    def _find(self, region: str, name: str, version: str) -> Document | None:
        with moto_bridge.service_lock("ssm"):
            documents = self._backend(region)._documents.get(_name(name))
            if documents is None:
                return None
            wanted: Document | None = documents.find(_version(version) or None, strict=False)
            return wanted

    def _backend(self, region: str) -> SimpleSystemManagerBackend:
        backend: SimpleSystemManagerBackend = ssm_backends[self._account][region]
        return backend


def _name(name: str) -> str:
    arn = _ARN.match(name)
    return arn["name"] if arn else name


def _version(version: str | None) -> str:
    return "" if version in (None, "$DEFAULT") else str(version)


def _no_definition(name: str) -> ApiError:
    return ApiError(
        "AutomationDefinitionNotFoundException", f"Automation Definition {name} not found."
    )
