"""The SES API, version 1."""

from __future__ import annotations

from typing import Any

from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.gateway.service import Service
from localcloud.ses.identities import Identities
from localcloud.ses.mailer import Mailer

# Version 1 has other names for two of the errors.
_CODES = {"TooManyRequestsException": "Throttling", "BadRequestException": "InvalidParameterValue"}
_KINDS = {"EmailAddress": "EMAIL_ADDRESS", "Domain": "DOMAIN"}


class SesV1(Service):
    service = "ses"

    def __init__(self, identities: Identities, mailer: Mailer) -> None:
        self._identities = identities
        self._mailer = mailer

    def __call__(self, call: Call) -> Any:
        try:
            return super().__call__(call)
        except ApiError as error:
            raise ApiError(_CODES.get(error.code, error.code), str(error.message)) from error

    def send_email(self, call: Call, **params: Any) -> dict[str, Any]:
        _refuse_configuration_set(call, params)
        destination = params["Destination"]
        recipients = [address for addresses in destination.values() for address in addresses]
        message, sender = params["Message"], params["Source"]
        return {"MessageId": self._mailer.send(call.region, sender, recipients, message)}

    def send_raw_email(self, call: Call, **params: Any) -> dict[str, Any]:
        _refuse_configuration_set(call, params)
        data, sender = params["RawMessage"]["Data"], params.get("Source")
        recipients = params.get("Destinations", [])
        return {"MessageId": self._mailer.send_raw(call.region, sender, recipients, data)}

    def verify_email_identity(self, call: Call, **params: Any) -> dict[str, Any]:
        self._identities.verify(params["EmailAddress"], call.region)
        return {}

    def delete_identity(self, call: Call, **params: Any) -> dict[str, Any]:
        self._identities.remove(params["Identity"], call.region)
        return {}

    def list_identities(self, call: Call, **params: Any) -> dict[str, Any]:
        kind = _KINDS.get(params.get("IdentityType", ""))
        identities = self._identities.all(call.region)
        return {"Identities": [item.name for item in identities if kind in (None, item.kind)]}

    def get_identity_verification_attributes(self, call: Call, **params: Any) -> dict[str, Any]:
        attributes = {
            name: {"VerificationStatus": "Success"}
            for name in params["Identities"]
            if self._identities.find(name, call.region)
        }
        return {"VerificationAttributes": attributes}

    def get_send_quota(self, call: Call) -> dict[str, Any]:
        return dict(self._mailer.quota(call.region))

    def get_account_sending_enabled(self, _: Call) -> dict[str, Any]:
        return {"Enabled": True}


def _refuse_configuration_set(call: Call, params: dict[str, Any]) -> None:
    if "ConfigurationSetName" in params:
        raise not_emulated(f"{call.action} with ConfigurationSetName")
