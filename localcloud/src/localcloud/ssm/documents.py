"""Documents: moto keeps them; Automation documents are checked first, as Systems Manager does."""

import re
from dataclasses import dataclass
from typing import Any

from moto.ssm.models import Document, ssm_backends

from localcloud.gateway import moto_bridge
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.service import Service
from localcloud.settings import ACCOUNT_ID
from localcloud.ssm.runbook import Runbook, parse_content, read_runbook
from localcloud.ssm.validation import validate

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
    """Operations that are not here go to moto."""

    service = "ssm"
    falls_through = True

    def __init__(self) -> None:
        self._backends = ssm_backends[ACCOUNT_ID]

    def create_document(self, call: Call, **params: Any) -> Response:
        if (kind := params.get("DocumentType") or "Command") != "Automation":
            raise not_emulated(f"SSM documents of the type {kind}")
        validate(parse_content(params["Content"], params.get("DocumentFormat", "JSON")))
        return moto_bridge.dispatch(call)

    def update_document(self, call: Call, **params: Any) -> Response:
        document = self._find(call.region, params["Name"], "$LATEST")
        if document is not None:
            validate(parse_content(params["Content"], params.get("DocumentFormat", "JSON")))
        return moto_bridge.dispatch(call)

    def get_document(self, call: Call, **params: Any) -> dict[str, Any]:
        """Return what moto returns, also for an ARN and for the version $DEFAULT."""
        with moto_bridge.service_lock("ssm"):
            text_form = params.get("DocumentFormat", "")
            return self._backends[call.region].get_document(*_identity(params), text_form)

    def describe_document(self, call: Call, **params: Any) -> dict[str, Any]:
        with moto_bridge.service_lock("ssm"):
            return {"Document": self._backends[call.region].describe_document(*_identity(params))}

    def get_parameters_by_path(self, _: Call, **params: Any) -> None:
        """Of the Parameter Store there are the public parameters, which moto has, and no others."""
        if not params["Path"].startswith("/aws/"):
            raise not_emulated("parameters of the Parameter Store other than those of AWS")

    def definition(self, region: str, name: str, version: str) -> Definition:
        """Return the runbook of a document.

        Raises AutomationDefinitionNotFoundException and …VersionNotFoundException.
        """
        not_found = ApiError(
            "AutomationDefinitionNotFoundException", f"Automation Definition {name} not found."
        )
        arn = _ARN.match(name)
        if arn and arn["region"] and arn["region"] != region:
            raise not_found
        plain_name = _plain_name(name)
        if plain_name.startswith("AWS-"):
            raise not_emulated(f"the document {plain_name}, which AWS owns")
        if self._find(region, plain_name, "$DEFAULT") is None:
            raise not_found
        document = self._find(region, plain_name, version)
        if document is None:
            message = f"Automation Definition {plain_name} has no version {version}."
            raise ApiError("AutomationDefinitionVersionNotFoundException", message)
        if document.document_type != "Automation":
            raise not_found
        content = parse_content(document.content, document.document_format)
        return Definition(plain_name, document.document_version, read_runbook(content))

    def _find(self, region: str, name: str, version: str) -> Document | None:
        with moto_bridge.service_lock("ssm"):
            versions = self._backends[region]._documents.get(_plain_name(name))
            if versions is None:
                return None
            document: Document | None = versions.find(_version(version) or None, strict=False)
            return document


def _identity(params: dict[str, Any]) -> tuple[str, str, str]:
    """Return name, version and version name, as moto takes them."""
    version = _version(params.get("DocumentVersion"))
    return _plain_name(params["Name"]), version, params.get("VersionName", "")


def _plain_name(name: str) -> str:
    arn = _ARN.match(name)
    return arn["name"] if arn else name


def _version(version: str | None) -> str:
    return "" if version in (None, "$DEFAULT") else str(version)
