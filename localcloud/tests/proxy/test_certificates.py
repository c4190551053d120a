"""The authority of a cloud signs a certificate for each host."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest

from localcloud.proxy.certificates import CertificateAuthority

S3 = "s3.us-east-1.amazonaws.com"


def certificate_for(authority: CertificateAuthority, host: str, name: str) -> Any:
    """The certificate of ``host`` in a handshake with a client that expects ``name``."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = authority.context(host).wrap_bio(to_server, to_client, server_side=True)
    trusting = ssl.create_default_context(cafile=str(authority.certificate_file))
    client = trusting.wrap_bio(to_client, to_server, server_hostname=name)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return client.getpeercert()


@pytest.mark.parametrize("host", [S3, f"{'b' * 63}.s3.amazonaws.com"], ids=["short", "long"])
def test_a_certificate_is_valid_for_its_host(authority: CertificateAuthority, host: str) -> None:
    certificate = certificate_for(authority, host, host)
    assert certificate["subjectAltName"] == (("DNS", host),)


def test_a_certificate_is_not_valid_for_another_host(authority: CertificateAuthority) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="not valid for 'sqs"):
        certificate_for(authority, S3, "sqs.us-east-1.amazonaws.com")


def test_a_host_keeps_its_certificate(authority: CertificateAuthority) -> None:
    assert authority.context(S3) is authority.context(S3)
    assert authority.context(S3) is not authority.context("sqs.us-east-1.amazonaws.com")


def test_no_key_stays_in_the_folder(authority: CertificateAuthority, tmp_path: Path) -> None:
    authority.context(S3)
    assert [path.name for path in tmp_path.iterdir()] == ["ca.pem"]
    assert b"PRIVATE" not in authority.certificate_file.read_bytes()
