"""SES: identities, the sandbox, and a mailbox in place of the world."""

from __future__ import annotations

from localcloud.cloud import Cloud
from localcloud.ses.api_v1 import SesV1
from localcloud.ses.api_v2 import SesV2
from localcloud.ses.identities import Identities
from localcloud.ses.mailbox import Mailbox
from localcloud.ses.sending import Sending


def install(cloud: Cloud) -> None:
    """Adds ``Mailbox``, ``Identities`` (with ``verify(identity, region)``) and ``Sending``."""
    identities, mailbox = Identities(), Mailbox(cloud.settings.state_dir / "mail.jsonl")
    sending = Sending(cloud.clock, identities, mailbox)
    cloud.gateway.register("ses", SesV1(identities, sending))
    cloud.gateway.register("sesv2", SesV2(identities, sending))
    for part in (identities, mailbox, sending):
        cloud.add(part)
