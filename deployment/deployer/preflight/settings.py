"""The settings of the Makefile: those that are missing or malformed, each with an example."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import chain
from pathlib import Path

from ..financial_file import check_file
from ..settings import Settings
from .finding import Finding
from .parameters import check_parameters

_ADDRESS = re.compile(r"[^@\s,]+@[^@\s,]+\.[^@\s,.]+")
_DOMAIN = re.compile(r"[^@\s,]+\.[^@\s,.]+")
# Setting, pattern, what is expected. The patterns are those of the templates and of the runbook.
_PATTERNS = (
    ("env", r"(-[a-z0-9]{1,12})?", "empty, or a dash and up to 12 small letters and digits: -dev"),
    ("primary_region", r"[a-z]{2}(-[a-z]+)+-\d", "the name of a Region: us-east-1"),
    ("secondary_region", r"[a-z]{2}(-[a-z]+)+-\d", "the name of a Region: us-west-2"),
    ("arch", r"x86_64|arm64", "x86_64 or arm64"),
    ("chaos_scope", r"s3|dynamodb|all", "s3, dynamodb or all"),
    ("chaos_duration", r"PT(?=\d)(\d+H)?(\d+M)?", "ISO 8601 in hours and minutes: PT10M"),
    ("fence_wait", r"(PT(?=\d)(\d+H)?(\d+M)?(\d+S)?)?", "empty, or ISO 8601: PT3M"),
    ("replication_wait", r"(PT(?=\d)(\d+H)?(\d+M)?(\d+S)?)?", "empty, or ISO 8601: PT13M"),
    (
        "traffic",
        r"(this-region|both-regions|unchanged)?",
        "empty, this-region, both-regions or unchanged",
    ),
)


def check_settings(settings: Settings) -> list[Finding]:
    """Return everything that is wrong with the settings, at once."""
    texts = chain(
        _check_patterns(settings),
        _check_regions(settings),
        _check_addresses(settings),
        _check_networks(settings),
        check_parameters(settings),
        _check_data(Path(settings.financial_data)),
    )
    return [Finding.missing(text) for text in texts]


def _check_patterns(settings: Settings) -> Iterator[str]:
    for name, pattern, expected in _PATTERNS:
        value = getattr(settings, name)
        if not re.fullmatch(pattern, value):
            yield f"{name.upper()}={value}: expected {expected}"


def _check_regions(settings: Settings) -> Iterator[str]:
    if settings.primary_region == settings.secondary_region:
        yield (
            f"PRIMARY_REGION and SECONDARY_REGION are both {settings.primary_region}: "
            "expected two, such as us-east-1 and us-west-2"
        )


def _check_addresses(settings: Settings) -> Iterator[str]:
    identity = settings.ses_identity
    if not identity:
        yield (
            "SES_IDENTITY is not set: an address or a domain that SES has verified in both "
            "Regions, as in make deploy SES_IDENTITY=you@example.com"
        )
        return
    if not (_ADDRESS.fullmatch(identity) or _DOMAIN.fullmatch(identity)):
        yield f"SES_IDENTITY={identity}: expected an address or a domain: you@example.com"
    elif not _belongs_to(settings.sender, identity):
        example = identity if "@" in identity else f"batch@{identity}"
        yield (
            f"SENDER={settings.sender} does not belong to SES_IDENTITY={identity}: expected an "
            f"address such as {example}"
        )
    for name in ("sender", "recipient", "operator_email"):
        value = getattr(settings, name)
        if not _ADDRESS.fullmatch(value) and (value or name != "operator_email"):
            yield f"{name.upper()}={value}: expected an address: you@example.com"


def _belongs_to(sender: str, identity: str) -> bool:
    """Whether the sender is the address itself, or in the domain or a subdomain of it.

    https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
    """
    if "@" in identity:
        return sender.lower() == identity.lower()
    return f".{sender.rpartition('@')[2]}".lower().endswith(f".{identity}".lower())


def _check_networks(settings: Settings) -> Iterator[str]:
    networks: list[IPv4Network] = []
    for name in ("primary_cidr", "secondary_cidr"):
        value = getattr(settings, name)
        try:
            network = IPv4Network(value)
            if not 16 <= network.prefixlen <= 23:  # its two subnets are /24
                raise ValueError(f"/{network.prefixlen} is not between /16 and /23")
            networks.append(network)
        except ValueError as error:
            yield f"{name.upper()}={value}: {error}; expected an IPv4 block such as 10.64.0.0/20"
    if len(networks) == 2 and networks[0].overlaps(networks[1]):
        yield (
            f"PRIMARY_CIDR={networks[0]} and SECONDARY_CIDR={networks[1]} overlap, so that the "
            "networks can never be joined: expected two such as 10.64.0.0/20 and 10.65.0.0/20"
        )


def _check_data(path: Path) -> Iterator[str]:
    if not path.is_file():
        yield f"FINANCIAL_DATA={path}: there is no such file; ../assets/financial-data.csv is one"
        return
    report = check_file(path)
    for problem in report.problems:
        yield f"FINANCIAL_DATA={path}: {problem}"
    if report.unlisted:
        yield f"FINANCIAL_DATA={path}: and {report.unlisted} more"
