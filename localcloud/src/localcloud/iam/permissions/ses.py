"""SES, both API versions: sending needs the permission on the identities of sender and recipients.

In the sandbox recipients are identities too and are judged like the sender (practice, not in the
documentation); the raw form of SESv2's SendEmail is judged as ses:SendRawEmail
(github.com/anymail/django-anymail, "Confusing IAM error messages").
"""

from __future__ import annotations

from email import message_from_bytes
from email.utils import getaddresses, parseaddr
from typing import Any

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys
from localcloud.iam.permissions.model import Permission, Table

_SENDING = {"SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulkEmail"}
_OTHER = Table(
    "ses",
    {
        **dict.fromkeys(
            (
                "GetAccount", "GetSendQuota", "GetSendStatistics", "ListEmailIdentities",
                "ListIdentities", "GetIdentityVerificationAttributes", "GetAccountSendingEnabled",
                "ListVerifiedEmailAddresses", "ListConfigurationSets", "VerifyEmailIdentity",
            ),
            "*",
        ),
        "GetEmailIdentity": "{arn}identity/{EmailIdentity}",
        "CreateEmailIdentity": "{arn}identity/{EmailIdentity}",
        "DeleteEmailIdentity": "{arn}identity/{EmailIdentity}",
        "GetConfigurationSet": "{arn}configuration-set/{ConfigurationSetName}",
    },
)  # fmt: skip


def required_permissions(call: Call, account: str) -> list[Permission]:
    if call.name not in _SENDING:
        return _OTHER.permissions(call, account)
    mail = _Mail(call.params, "2" if call.service == "sesv2" else "1")
    action = "SendRawEmail" if mail.raw else call.name
    arn = f"arn:aws:ses:{call.region}:{account}:"
    resources = [f"{arn}identity/{one}" for one in dict.fromkeys([mail.sender, *mail.recipients])]
    if configuration := call.params.get("ConfigurationSetName"):
        resources.append(f"{arn}configuration-set/{configuration}")
    return [Permission(f"ses:{action}", resource, mail.keys) for resource in resources]


class _Mail:
    """Who writes to whom, from either version's input."""

    def __init__(self, given: dict[str, Any], version: str) -> None:
        self._version = version
        content = given.get("Content") or {}
        raw = (content.get("Raw") or given.get("RawMessage") or {}).get("Data")
        self.raw = raw is not None
        message = message_from_bytes(raw if isinstance(raw, bytes) else str(raw or "").encode())
        sender = given.get("FromEmailAddress") or given.get("Source") or message.get("From", "")
        self._display, self.sender = parseaddr(str(sender))
        self.recipients = _addresses(given, message)

    def keys(self) -> Keys:
        return {
            "ses:ApiVersion": self._version,
            "ses:FromAddress": self.sender,
            "ses:FromDisplayName": self._display,
            "ses:Recipients": self.recipients,
        }


def _addresses(given: dict[str, Any], message: Any) -> list[str]:
    destination = given.get("Destination") or {}
    listed = [
        address
        for kind in ("ToAddresses", "CcAddresses", "BccAddresses")
        for address in destination.get(kind) or []
    ]
    listed = listed or given.get("Destinations") or []
    for entry in given.get("BulkEmailEntries") or []:
        listed += _addresses(entry, {})
    if not listed:
        listed = [text for kind in ("To", "Cc", "Bcc") for text in message.get_all(kind, [])]
    return [address for _, address in getaddresses([str(one) for one in listed])]
