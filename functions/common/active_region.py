"""Which Region is active: the value of a TXT record that ARC's routing control flips."""

import dns.resolver

# Seconds for the whole look-up. The VPC's resolver answers in milliseconds or is in trouble.
LIFETIME = 5.0


class ActiveRegionUnknown(Exception):
    """The record does not hold exactly one value."""


def active_region(record: str) -> str:
    """The name of the active Region.

    Raises dns.exception.DNSException if there is no answer: not to know is not to be standby.
    """
    answer = dns.resolver.resolve(record, "TXT", lifetime=LIFETIME)
    values = [b"".join(one.strings).decode() for one in answer]
    if len(values) != 1:
        raise ActiveRegionUnknown(f"{record} has {len(values)} values where one is expected")
    return values[0]
