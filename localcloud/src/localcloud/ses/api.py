"""The SES API, version 2."""

from collections import defaultdict
from typing import Any

from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.gateway.service import Service
from localcloud.iam.permissions.ses import envelope
from localcloud.ses.mailer import Identities, Identity, Mailer
from localcloud.ses.message import raw_message, simple_message

_DKIM = {"SigningEnabled": False, "Status": "NOT_STARTED"}


class SesV2(Service):
    service = "sesv2"

    def __init__(self, identities: Identities, mailer: Mailer) -> None:
        self._identities = identities
        self._mailer = mailer
        self._configuration_sets: dict[str, set[str]] = defaultdict(set)  # by Region

    def send_email(self, call: Call, **params: Any) -> dict[str, Any]:
        content = params["Content"]
        if len(content) != 1:
            raise ApiError("BadRequestException", "Content is one of Simple, Raw and Template.")
        if "Raw" in content:
            message = raw_message(content["Raw"]["Data"])
        else:
            message = simple_message(content["Simple"])
        return {"MessageId": self._mailer.send(call.region, envelope(params), message)}

    def create_email_identity(self, call: Call, **params: Any) -> dict[str, Any]:
        name = params["EmailIdentity"]
        if self._identities.find(name, call.region):
            raise ApiError("AlreadyExistsException", f"Email identity {name} already exist.")
        identity = self._identities.verify(name, call.region)
        identity.tags = params.get("Tags", [])
        return {**_view(identity), "DkimAttributes": _DKIM}

    def get_email_identity(self, call: Call, **params: Any) -> dict[str, Any]:
        identity = self._find(call, params["EmailIdentity"])
        name = identity.configuration_set
        return {
            **({"ConfigurationSetName": name} if name else {}),
            **_view(identity),
            "FeedbackForwardingStatus": True,
            "VerificationStatus": "SUCCESS",
            "DkimAttributes": _DKIM,
            "MailFromAttributes": {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE"},
            "Policies": {},
            "Tags": identity.tags,
        }

    def create_configuration_set(self, call: Call, **params: Any) -> dict[str, Any]:
        """Only a name; it publishes nothing."""
        names = self._configuration_sets[call.region]
        if params["ConfigurationSetName"] in names:
            text = f"Configuration set <{params['ConfigurationSetName']}> already exists."
            raise ApiError("AlreadyExistsException", text)
        names.add(params["ConfigurationSetName"])
        return {}

    def put_email_identity_configuration_set_attributes(
        self, call: Call, **params: Any
    ) -> dict[str, Any]:
        name = params.get("ConfigurationSetName") or ""
        if name and name not in self._configuration_sets[call.region]:
            raise ApiError("NotFoundException", f"Configuration set <{name}> does not exist.")
        self._find(call, params["EmailIdentity"]).configuration_set = name
        return {}

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

    def get_account(self, call: Call) -> dict[str, Any]:
        return {
            "DedicatedIpAutoWarmupEnabled": False,
            "EnforcementStatus": "HEALTHY",
            "ProductionAccessEnabled": call.region in self._mailer.production,
            "SendQuota": self._mailer.quota(call.region),
            "SendingEnabled": True,
        }

    def put_account_details(self, call: Call, **params: Any) -> dict[str, Any]:
        """Request production access. AWS reviews that for a day; here it is granted at once."""
        if params.get("ProductionAccessEnabled"):
            self._mailer.production.add(call.region)
        return {}

    def _find(self, call: Call, name: str) -> Identity:
        if identity := self._identities.find(name, call.region):
            return identity
        raise ApiError("NotFoundException", f"Email identity {name} does not exist.")


def _view(identity: Identity) -> dict[str, Any]:
    return {"IdentityType": identity.kind, "VerifiedForSendingStatus": True}
