"""The SES API, version 2."""

from __future__ import annotations

from typing import Any

from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.gateway.service import Service
from localcloud.ses.identities import Identities, Identity
from localcloud.ses.sending import Sending

_UNKNOWN_TO_US = (
    "ConfigurationSetName",
    "EndpointId",
    "TenantName",
    "ListManagementOptions",
    "ConfigurationOverrides",
)


class SesV2(Service):
    service = "sesv2"

    def __init__(self, identities: Identities, sending: Sending) -> None:
        self._identities = identities
        self._sending = sending

    def send_email(self, call: Call, **params: Any) -> dict[str, Any]:
        _refuse_unknown(call, params)
        recipients = _recipients(params.get("Destination", {}))
        content, sender = params["Content"], params.get("FromEmailAddress")
        if "Template" in content:
            raise not_emulated("SES templates (sesv2:SendEmail with Content.Template)")
        if "Raw" in content:
            data = content["Raw"]["Data"]
            return {"MessageId": self._sending.raw(call.region, sender, recipients, data)}
        if not sender or "Simple" not in content:
            raise ApiError("BadRequestException", "Missing FromEmailAddress or Content.")
        message = content["Simple"]
        return {"MessageId": self._sending.simple(call.region, sender, recipients, message)}

    def create_email_identity(self, call: Call, **params: Any) -> dict[str, Any]:
        _refuse_unknown(call, params)
        name = params["EmailIdentity"]
        if self._identities.find(name, call.region):
            raise ApiError("AlreadyExistsException", f"Email identity {name} already exist.")
        identity = self._identities.verify(name, call.region)
        identity.tags = params.get("Tags", [])
        return {**_verified(identity), "DkimAttributes": _dkim()}

    def get_email_identity(self, call: Call, **params: Any) -> dict[str, Any]:
        identity = self._find(call, params["EmailIdentity"])
        return {
            **_verified(identity),
            "FeedbackForwardingStatus": True,
            "VerificationStatus": "SUCCESS",
            "DkimAttributes": _dkim(),
            "MailFromAttributes": {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE"},
            "Policies": {},
            "Tags": identity.tags,
        }

    def list_email_identities(self, call: Call, **_: Any) -> dict[str, Any]:
        return {
            "EmailIdentities": [
                {
                    "IdentityName": identity.name,
                    "IdentityType": identity.kind,
                    "SendingEnabled": True,
                    "VerificationStatus": "SUCCESS",
                }
                for identity in self._identities.all(call.region)
            ]
        }

    def delete_email_identity(self, call: Call, **params: Any) -> dict[str, Any]:
        self._find(call, params["EmailIdentity"])
        self._identities.remove(params["EmailIdentity"], call.region)
        return {}

    def get_account(self, call: Call, **_: Any) -> dict[str, Any]:
        return {
            "DedicatedIpAutoWarmupEnabled": False,
            "EnforcementStatus": "HEALTHY",
            "ProductionAccessEnabled": call.region in self._sending.production,
            "SendQuota": self._sending.quota(call.region),
            "SendingEnabled": True,
        }

    def put_account_details(self, call: Call, **params: Any) -> dict[str, Any]:
        """Asks for production access. AWS looks at it for a day; here it is granted."""
        if params.get("ProductionAccessEnabled"):
            self._sending.production.add(call.region)
        return {}

    def _find(self, call: Call, name: str) -> Identity:
        identity = self._identities.find(name, call.region)
        if identity is None:
            raise ApiError("NotFoundException", f"Email identity {name} does not exist.")
        return identity


def _verified(identity: Identity) -> dict[str, Any]:
    return {"IdentityType": identity.kind, "VerifiedForSendingStatus": True}


def _dkim() -> dict[str, Any]:
    return {"SigningEnabled": False, "Status": "NOT_STARTED"}


def _recipients(destination: dict[str, list[str]]) -> list[str]:
    return [
        address
        for kind in ("ToAddresses", "CcAddresses", "BccAddresses")
        for address in destination.get(kind, [])
    ]


def _refuse_unknown(call: Call, params: dict[str, Any]) -> None:
    for name in _UNKNOWN_TO_US:
        if name in params:
            raise not_emulated(f"{call.action} with {name}")
