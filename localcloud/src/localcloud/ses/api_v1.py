"""The SES API, version 1."""

from __future__ import annotations

from typing import Any

from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.gateway.service import Service
from localcloud.ses.identities import Identities
from localcloud.ses.sending import Sending

# Version 1 words two of the errors otherwise.
_CODES = {"TooManyRequestsException": "Throttling", "BadRequestException": "InvalidParameterValue"}


class SesV1(Service):
    service = "ses"

    def __init__(self, identities: Identities, sending: Sending) -> None:
        self._identities = identities
        self._sending = sending

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
        return {"MessageId": self._sending.simple(call.region, sender, recipients, message)}

    def send_raw_email(self, call: Call, **params: Any) -> dict[str, Any]:
        _refuse_configuration_set(call, params)
        data, sender = params["RawMessage"]["Data"], params.get("Source")
        recipients = params.get("Destinations", [])
        return {"MessageId": self._sending.raw(call.region, sender, recipients, data)}

    def verify_email_identity(self, call: Call, **params: Any) -> dict[str, Any]:
        self._identities.verify(params["EmailAddress"], call.region)
        return {}

    def delete_identity(self, call: Call, **params: Any) -> dict[str, Any]:
        self._identities.remove(params["Identity"], call.region)
        return {}

    def list_identities(self, call: Call, **params: Any) -> dict[str, Any]:
        wanted = {"EmailAddress": "EMAIL_ADDRESS", "Domain": "DOMAIN"}.get(
            params.get("IdentityType", "")
        )
        found = self._identities.all(call.region)
        return {"Identities": [one.name for one in found if wanted in (None, one.kind)]}

    def get_identity_verification_attributes(self, call: Call, **params: Any) -> dict[str, Any]:
        return {
            "VerificationAttributes": {
                name: {"VerificationStatus": "Success"}
                for name in params["Identities"]
                if self._identities.find(name, call.region)
            }
        }

    def get_send_quota(self, call: Call, **_: Any) -> dict[str, Any]:
        return dict(self._sending.quota(call.region))

    def get_account_sending_enabled(self, _: Call, **__: Any) -> dict[str, Any]:
        return {"Enabled": True}


def _refuse_configuration_set(call: Call, params: dict[str, Any]) -> None:
    if "ConfigurationSetName" in params:
        raise not_emulated(f"{call.action} with ConfigurationSetName")
