"""Identities of each Region: addresses and domains that may send."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any

_SIMULATOR = (
    "simulator.amazonses.com"  # recipients that need no verification, in the sandbox either
)


@dataclass
class Identity:
    """An address or a domain. Whoever asked for it is taken to have answered the mail."""

    name: str
    tags: list[dict[str, str]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return "EMAIL_ADDRESS" if "@" in self.name else "DOMAIN"


class Identities:
    """All identities, by Region. Verification in one Region says nothing of another."""

    def __init__(self) -> None:
        self._by_region: dict[str, dict[str, Identity]] = defaultdict(dict)

    def verify(self, identity: str, region: str) -> Identity:
        """Make ``identity`` a verified one of ``region``; without effect if it is."""
        return self._by_region[region].setdefault(_plain(identity), Identity(_plain(identity)))

    def find(self, identity: str, region: str) -> Identity | None:
        return self._by_region[region].get(_plain(identity))

    def all(self, region: str) -> list[Identity]:
        return list(self._by_region[region].values())

    def remove(self, identity: str, region: str) -> bool:
        return self._by_region[region].pop(_plain(identity), None) is not None

    def unverified_senders(self, addresses: list[str], region: str) -> list[str]:
        """Those that may not send: neither they nor their domains are identities."""
        return [address for address in addresses if not self._covers(address, region)]

    def unverified_recipients(self, addresses: list[str], region: str) -> list[str]:
        """Those that the sandbox does not send to."""
        unverified = self.unverified_senders(addresses, region)
        return [address for address in unverified if _domain(address) != _SIMULATOR]

    def _covers(self, address: str, region: str) -> bool:
        known: dict[str, Any] = self._by_region[region]
        domain = _domain(address)
        parents = [domain.split(".", cut)[-1] for cut in range(domain.count(".") + 1)]
        return any(name in known for name in (_plain(address), *parents))


def _plain(identity: str) -> str:
    """``Name <a@B.c>`` → ``a@B.c``. SES: domains know no case, addresses are case-sensitive."""
    address = parseaddr(identity)[1] or identity
    return address if "@" in address else address.lower()


def _domain(address: str) -> str:
    return _plain(address).rsplit("@", 1)[-1].lower()
