"""Claims about DNS over UDP."""

from __future__ import annotations

from typing import Any

import dns.flags
import dns.message
import dns.query
import dns.resolver
import pytest

from localcloud.cloud import Cloud
from localcloud.dns import DnsServer
from tests.dns.helpers import ZONE, change, make_vpc, record


def test_the_stock_resolver_of_dnspython_gets_the_answer(
    client: Any, zone: str, cloud: Cloud, vpc: str
) -> None:
    change(client, zone, ("CREATE", record("active", "TXT", '"us-east-1"')))
    host, port = cloud.get(DnsServer).address_for(vpc)
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [host], port
    answer = resolver.resolve(f"active.{ZONE}", "TXT", lifetime=5)
    assert [text.strings for text in answer] == [(b"us-east-1",)]
    with pytest.raises(dns.resolver.NXDOMAIN):
        resolver.resolve(f"none.{ZONE}", "TXT", lifetime=5)


def test_each_vpc_has_one_resolver_of_its_own(cloud: Cloud, vpc: str) -> None:
    server = cloud.get(DnsServer)
    assert server.address_for(vpc) == server.address_for(vpc)
    assert server.address_for(vpc) != server.address_for(make_vpc(cloud))


def test_an_answer_of_any_length_is_one_datagram(
    client: Any, zone: str, cloud: Cloud, vpc: str
) -> None:
    many = [f'"{i:03}{"x" * 200}"' for i in range(10)]
    change(client, zone, ("CREATE", record("a", "TXT", *many)))
    host, port = cloud.get(DnsServer).address_for(vpc)
    query = dns.message.make_query(f"a.{ZONE}", "TXT")
    answer = dns.query.udp(query, host, timeout=5, port=port)
    assert not answer.flags & dns.flags.TC
    assert len(answer.answer[0]) == 10
