"""SES, both API versions: sending needs the permission on the identities of sender and recipients.

In the sandbox recipients are identities too and are checked like the sender (practice, not in the
documentation); the raw form of SESv2's SendEmail is checked as ses:SendRawEmail
(https://anymail.dev/en/stable/esps/amazon_ses/, "Confusing IAM error messages").
"""

from email import message_from_bytes
from email.utils import getaddresses, parseaddr
from typing import Any

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys
from localcloud.iam.permissions.model import Permission
from localcloud.iam.permissions.table import Table

TABLE = Table("ses", {"identity": "{EmailIdentity}"})


def required_permissions(call: Call, account: str) -> list[Permission]:
    if call.name not in ("SendEmail", "SendRawEmail"):
        return TABLE.permissions(call, account)
    mail = _Mail(call.params, "2" if call.service == "sesv2" else "1")
    action = "SendRawEmail" if mail.is_raw else call.name
    addresses = dict.fromkeys([mail.sender, *mail.recipients])
    resources = [f"identity/{address}" for address in addresses]
    if configuration := call.params.get("ConfigurationSetName"):
        resources.append(f"configuration-set/{configuration}")
    arn = f"arn:aws:ses:{call.region}:{account}:"
    return [Permission(f"ses:{action}", arn + resource, mail.keys) for resource in resources]


class _Mail:
    """Who writes to whom, from either version's input."""

    def __init__(self, params: dict[str, Any], version: str) -> None:
        self._version = version
        content = params.get("Content") or {}
        raw = (content.get("Raw") or params.get("RawMessage") or {}).get("Data")
        self.is_raw = raw is not None
        message = message_from_bytes(raw if isinstance(raw, bytes) else str(raw or "").encode())
        sender = params.get("FromEmailAddress") or params.get("Source") or message.get("From", "")
        self._display, self.sender = parseaddr(str(sender))
        self.recipients = _addresses(params, message)

    def keys(self) -> Keys:
        return {
            "ses:ApiVersion": self._version,
            "ses:FromAddress": self.sender,
            "ses:FromDisplayName": self._display,
            "ses:Recipients": self.recipients,
        }


def _addresses(params: dict[str, Any], message: Any) -> list[str]:
    destination = params.get("Destination") or {}
    texts = [
        address
        for kind in ("ToAddresses", "CcAddresses", "BccAddresses")
        for address in destination.get(kind) or []
    ]
    texts = texts or params.get("Destinations") or []
    if not texts:
        texts = [text for kind in ("To", "Cc", "Bcc") for text in message.get_all(kind, [])]
    return [address for _, address in getaddresses([str(text) for text in texts])]
