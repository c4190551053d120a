"""Identities of each Region: addresses and domains that may send."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from email.utils import parseaddr

# Recipients at the simulator need no verification, in the sandbox either.
_SIMULATOR = "simulator.amazonses.com"


@dataclass
class Identity:
    """An address or a domain. Its owner is assumed to have answered the mail of verification."""

    name: str
    tags: list[dict[str, str]] = field(default_factory=list)

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
        return self._by_region[region].setdefault(name, Identity(name))

    def find(self, identity: str, region: str) -> Identity | None:
        return self._by_region[region].get(_normalize(identity))

    def all(self, region: str) -> list[Identity]:
        return list(self._by_region[region].values())

    def remove(self, identity: str, region: str) -> None:
        self._by_region[region].pop(_normalize(identity), None)

    def unverified_senders(self, addresses: list[str], region: str) -> list[str]:
        """Return those that may not send: neither they nor their domains are identities."""
        return [address for address in addresses if not self._is_verified(address, region)]

    def unverified_recipients(self, addresses: list[str], region: str) -> list[str]:
        """Return those to whom the sandbox does not send."""
        unverified = self.unverified_senders(addresses, region)
        return [address for address in unverified if _domain(address) != _SIMULATOR]

    def _is_verified(self, address: str, region: str) -> bool:
        labels = _domain(address).split(".")
        domains = [".".join(labels[start:]) for start in range(len(labels))]
        names = (_normalize(address), *domains)
        return any(name in self._by_region[region] for name in names)


def _normalize(identity: str) -> str:
    """Turn ``Name <a@B.c>`` into ``a@B.c``. SES ignores the case of domains, not of addresses."""
    address = parseaddr(identity)[1] or identity
    return address if "@" in address else address.lower()


def _domain(address: str) -> str:
    return _normalize(address).rsplit("@", 1)[-1].lower()
