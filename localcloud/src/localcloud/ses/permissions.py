"""What sending needs besides the permission on the addresses.

An identity's default configuration set is part of every mail of it. Where a domain is the identity,
which resource AWS checks is not documented: here it is the address and the domain.
https://docs.aws.amazon.com/ses/latest/dg/managing-configuration-sets.html
https://github.com/aws/aws-cdk/issues/34402
"""

from __future__ import annotations

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.model import Permission
from localcloud.iam.permissions.ses import actions, envelope
from localcloud.ses.mailer import Identities
from localcloud.settings import ACCOUNT_ID


class SendingPermissions:
    """Called with each call; returns the further permissions that it needs."""

    def __init__(self, identities: Identities) -> None:
        self._identities = identities

    def __call__(self, call: Call) -> list[Permission]:
        if (call.service, call.name) != ("sesv2", "SendEmail"):
            return []
        addresses = envelope(call.params).addresses
        senders = [self._identities.covering(address, call.region) for address in addresses]
        resources = {f"identity/{identity.name}": None for identity in senders if identity}
        if senders[0] and senders[0].configuration_set:
            resources[f"configuration-set/{senders[0].configuration_set}"] = None
        prefix = f"arn:aws:ses:{call.region}:{ACCOUNT_ID}:"
        return [
            Permission(action, prefix + resource)
            for action in actions(call.params)
            for resource in resources
        ]
