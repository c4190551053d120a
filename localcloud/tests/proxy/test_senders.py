"""The proxy refuses web pages, and senders that were led to it under another name."""

from __future__ import annotations

import pytest
from botocore.awsrequest import HeadersDict

from localcloud.gateway.http import Request
from localcloud.proxy.senders import why_refused
from tests.proxy.conftest import AWS, Client

LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def refused(method: str, headers: dict[str, str], host: str = AWS) -> str | None:
    return why_refused(Request(method, f"https://{AWS}/k", HeadersDict({"Host": host, **headers})))


@pytest.mark.parametrize("host", [AWS, AWS.upper(), f"{AWS}:443", f"{AWS}."])
def test_a_host_has_several_spellings(host: str) -> None:
    assert refused("GET", {}, host) is None


@pytest.mark.parametrize("host", ["", "evil.example", f"evil.{AWS}", "127.0.0.1:3128", f"{AWS}:80"])
def test_a_host_other_than_that_of_the_connection_is_refused(host: str) -> None:
    assert str(refused("GET", {}, host)).startswith("The header Host names another host")


@pytest.mark.parametrize("site", ["none", "same-origin", "same-site", "cross-site"])
def test_a_link_that_a_user_opens_in_a_browser_is_answered(site: str) -> None:
    assert refused("GET", {**LINK, "Sec-Fetch-Site": site, "Sec-Fetch-User": "?1"}) is None


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"Origin": "https://evil.example"}),
        ("OPTIONS", {"Origin": "null"}),
        ("POST", {**LINK, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}),
        ("POST", {**LINK, "Sec-Fetch-Site": "cross-site"}),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}),
        ("GET", {**LINK, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}),
        ("GET", {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}),
    ],
    ids=["fetch", "preflight", "form", "form without Origin", "image", "frame", "own script"],
)
def test_what_a_page_sends_is_refused(method: str, headers: dict[str, str]) -> None:
    assert str(refused(method, headers)).startswith("A web page has sent this request.")


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Mode": "cors"}], ids=["botocore", "Node.js"])
def test_clients_that_are_no_browsers_are_answered(headers: dict[str, str]) -> None:
    assert refused("POST", headers) is None


@pytest.mark.parametrize("headers", ["Host: evil.example", f"Host: {AWS}\nOrigin: null"])
def test_the_proxy_does_not_pass_on_what_is_refused(aws: Client, headers: str) -> None:
    assert aws.ask(f"GET / HTTP/1.1\n{headers}")[0] == 403
    assert aws.ask(f"GET / HTTP/1.1\nHost: {AWS}")[0] == 200


def test_a_page_whose_name_leads_to_the_port_of_the_proxy_is_forbidden(client: Client) -> None:
    status, body = client.ask("GET /anything HTTP/1.1\nHost: evil.example:3128")
    assert status == 403
    assert b"as their proxy" in body
