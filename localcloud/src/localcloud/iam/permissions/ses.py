"""SES: sending needs the permission on the identities of sender and recipients.

In the sandbox recipients are identities too and are checked like the sender (practice, not in the
documentation).
"""

from email.utils import parseaddr

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys
from localcloud.iam.permissions.envelope import actions, envelope
from localcloud.iam.permissions.model import Permission
from localcloud.iam.permissions.table import Table

TABLE = Table("ses", {"identity": "{EmailIdentity}"})


def required_permissions(call: Call, account: str) -> list[Permission]:
    if call.name != "SendEmail":
        return TABLE.permissions(call, account)
    mail = envelope(call.params)
    display, sender = parseaddr(mail.sender)
    keys: Keys = {
        "ses:ApiVersion": "2",
        "ses:FromAddress": sender,
        "ses:FromDisplayName": display,
        "ses:Recipients": mail.recipient_addresses,
    }
    arn = f"arn:aws:ses:{call.region}:{account}:identity/"
    return [
        Permission(action, arn + address, lambda: keys)
        for action in actions(call.params)
        for address in mail.addresses
    ]
