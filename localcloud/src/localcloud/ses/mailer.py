"""Sending, and its conditions: verified identities, the sandbox, the quotas.

The sandbox: https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html
"""

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field
from email.utils import parseaddr

from localcloud.clock import Clock, iso
from localcloud.gateway.errors import ApiError
from localcloud.iam.permissions.ses import Envelope
from localcloud.quotas import Quotas
from localcloud.ses.mailbox import Mailbox
from localcloud.ses.message import Message
from localcloud.usage import Usage
from localcloud.usage.units import MAILS

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_DOMAIN_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE)
# Recipients at the simulator need no verification, in the sandbox either.
_SIMULATOR = "simulator.amazonses.com"


@dataclass
class Identity:
    """An address or a domain. Its owner is assumed to have answered the mail of verification."""

    name: str
    tags: list[dict[str, str]] = field(default_factory=list)
    configuration_set: str = ""  # the default one

    @property
    def kind(self) -> str:
        return "EMAIL_ADDRESS" if "@" in self.name else "DOMAIN"


class Identities:
    """All identities, by Region: each Region verifies for itself."""

    def __init__(self) -> None:
        self._by_region: dict[str, dict[str, Identity]] = defaultdict(dict)

    def verify(self, identity: str, region: str) -> Identity:
        """Add a verified identity to ``region``, without effect if it has it already."""
        name = _normalize(identity)
        _check_name(name)
        return self._by_region[region].setdefault(name, Identity(name))

    def find(self, identity: str, region: str) -> Identity | None:
        return self._by_region[region].get(_normalize(identity))

    def all(self, region: str) -> list[Identity]:
        return list(self._by_region[region].values())

    def remove(self, identity: str, region: str) -> None:
        self._by_region[region].pop(_normalize(identity), None)

    def unverified_senders(self, addresses: list[str], region: str) -> list[str]:
        """Return those that may not send: neither they nor their domains are identities."""
        return [address for address in addresses if self.covering(address, region) is None]

    def unverified_recipients(self, addresses: list[str], region: str) -> list[str]:
        """Return those to whom the sandbox does not send."""
        unverified = self.unverified_senders(addresses, region)
        return [address for address in unverified if _domain(address) != _SIMULATOR]

    def covering(self, address: str, region: str) -> Identity | None:
        """Return the identity of an address: its own, or that of the nearest domain."""
        labels = _domain(address).split(".")
        domains = [".".join(labels[start:]) for start in range(len(labels))]
        identities = self._by_region[region]
        names = (_normalize(address), *domains)
        return next((identities[name] for name in names if name in identities), None)


def _normalize(identity: str) -> str:
    """Turn ``Name <a@B.c>`` into ``a@B.c``. SES ignores the case of domains, not of addresses."""
    address = parseaddr(identity)[1] or identity
    return address if "@" in address else address.lower()


def _check_name(name: str) -> None:
    """https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html"""
    local, at, domain = name.rpartition("@")
    if at and not _LOCAL.fullmatch(local):
        raise ApiError("BadRequestException", f"Invalid email address<{name}>.")
    if len(domain) > 253 or not _DOMAIN_NAME.fullmatch(domain):
        raise ApiError("BadRequestException", f"Invalid domain name {domain}.")


def _domain(address: str) -> str:
    return _normalize(address).rsplit("@", 1)[-1].lower()


_DAY = 24 * 3600.0
_RECIPIENTS = 50
# "You can exceed this quota for short bursts": AWS does not say how long one is.
# https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html
_BURST_SECONDS = 10.0


class Mailer:
    """Accepts or refuses mail as SES does. ``production``: the Regions out of the sandbox."""

    def __init__(
        self,
        clock: Clock,
        identities: Identities,
        mailbox: Mailbox,
        quotas: Quotas,
        usage: Usage,
    ) -> None:
        self._clock = clock
        self._usage = usage
        self._quotas = quotas
        self._identities = identities
        self._mailbox = mailbox
        # By Region, the time of sending for each recipient.
        self._times: dict[str, deque[float]] = defaultdict(deque)
        self.production: set[str] = set()

    def quota(self, region: str) -> dict[str, float]:
        """``Max24HourSend``, ``MaxSendRate``, ``SentLast24Hours``."""
        quotas = self._quotas
        quota = quotas.production if region in self.production else quotas.sandbox
        today = float(len(self._last_day(region)))
        return {"Max24HourSend": quota.day, "MaxSendRate": quota.rate, "SentLast24Hours": today}

    def send(self, region: str, envelope: Envelope, message: Message) -> str:
        """Send a message, and return its id."""
        if not envelope.sender:
            raise ApiError("BadRequestException", "Missing FromEmailAddress.")
        recipients = envelope.recipients
        if not 1 <= len(recipients) <= _RECIPIENTS:
            raise ApiError("BadRequestException", f"Recipient count must be 1 to {_RECIPIENTS}.")
        if not all("@" in address for address in envelope.addresses):
            raise ApiError("BadRequestException", "Missing final '@domain'")
        senders = [envelope.sender, *([message.sender] if message.sender else [])]
        self._check_identities(region, senders, recipients)
        self._check_quota(region, len(recipients))
        now = self._clock.now()
        self._times[region].extend([now] * len(recipients))
        self._usage.add(MAILS, region, envelope.sender, len(recipients))
        return self._mailbox.add(envelope, message, region, iso(now))

    def _check_identities(self, region: str, senders: list[str], recipients: list[str]) -> None:
        failed = self._identities.unverified_senders(senders, region)
        if region not in self.production:
            failed += self._identities.unverified_recipients(recipients, region)
        if failed:
            raise ApiError(
                "MessageRejected",
                "Email address is not verified. The following identities failed the check in"
                f" region {region.upper()}: {', '.join(dict.fromkeys(failed))}",
            )

    def _check_quota(self, region: str, count: int) -> None:
        quota = self.quota(region)
        if quota["SentLast24Hours"] + count > quota["Max24HourSend"]:
            raise ApiError("TooManyRequestsException", "Daily message quota exceeded.")
        times = self._times[region]
        recent = sum(self._clock.elapsed(time) < _BURST_SECONDS for time in times)
        if recent + count > quota["MaxSendRate"] * _BURST_SECONDS:
            raise ApiError("TooManyRequestsException", "Maximum sending rate exceeded.")

    def _last_day(self, region: str) -> deque[float]:
        times = self._times[region]
        while times and times[0] <= self._clock.now() - _DAY:
            times.popleft()
        return times
