"""SES: sending needs the permission on the identities of sender and recipients.

In the sandbox recipients are identities too and are checked like the sender (practice, not in the
documentation).
"""

from email.utils import getaddresses, parseaddr

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys
from localcloud.iam.permissions.model import Permission
from localcloud.iam.permissions.table import Table

TABLE = Table("ses", {"identity": "{EmailIdentity}"})


def required_permissions(call: Call, account: str) -> list[Permission]:
    if call.name != "SendEmail":
        return TABLE.permissions(call, account)
    display, sender = parseaddr(str(call.params.get("FromEmailAddress") or ""))
    destination = call.params.get("Destination") or {}
    kinds = ("ToAddresses", "CcAddresses", "BccAddresses")
    texts = [str(address) for kind in kinds for address in destination.get(kind) or []]
    recipients = [address for _, address in getaddresses(texts)]
    keys: Keys = {
        "ses:ApiVersion": "2",
        "ses:FromAddress": sender,
        "ses:FromDisplayName": display,
        "ses:Recipients": recipients,
    }
    arn = f"arn:aws:ses:{call.region}:{account}:identity/"
    addresses = dict.fromkeys([sender, *recipients])
    return [Permission(f"ses:{call.name}", arn + address, lambda: keys) for address in addresses]
