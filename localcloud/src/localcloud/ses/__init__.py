"""SES: identities, the sandbox, and a mailbox that takes every message."""

from localcloud.cloud import Cloud
from localcloud.iam import PermissionCheck
from localcloud.ses.api import SesV2
from localcloud.ses.mailbox import Mailbox
from localcloud.ses.mailer import Identities, Mailer
from localcloud.ses.permissions import SendingPermissions


def install(cloud: Cloud) -> None:
    """Adds ``Mailbox``, ``Identities`` (with ``verify(identity, region)``) and ``Mailer``."""
    identities, mailbox = Identities(), Mailbox(cloud.settings.state_dir / "mail.jsonl")
    mailer = Mailer(cloud.clock, identities, mailbox, cloud.settings.quotas, cloud.usage)
    if permission_check := cloud.find(PermissionCheck):
        sending = SendingPermissions(identities)
        permission_check.permission_sources.append(sending)
    cloud.gateway.register("sesv2", SesV2(identities, mailer))
    for part in (identities, mailbox, mailer):
        cloud.add(part)
