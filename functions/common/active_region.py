"""Which Region is active: the value of a TXT record that ARC's routing control switches."""

import dns.resolver

# Seconds for the whole query. The VPC's resolver answers in milliseconds, or not at all.
QUERY_SECONDS = 5.0


class ActiveRegionUnknown(Exception):
    """The record does not hold exactly one value."""


def active_region(record: str) -> str:
    """Return the name of the active Region.

    Raises dns.exception.DNSException if there is no answer: an unknown Region is not a standby.
    """
    answer = dns.resolver.resolve(record, "TXT", lifetime=QUERY_SECONDS)
    regions = [b"".join(value.strings).decode() for value in answer]
    if len(regions) != 1:
        raise ActiveRegionUnknown(f"{record} has {len(regions)} values where one is expected")
    return regions[0]
