"""The authorities that a shell's tools trust: the local cloud's, the usual ones, the user's own.

Most variables below *replace* a tool's list, for AWS's hosts and all others alike: the certificate
of the local cloud alone would cut pip and curl off from their hosts. So one bundle has them all.
"""

import os
import re
import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path

import certifi

from localcloud.private_files import write_private

# curl; requests and pip; OpenSSL, with which Python, Ruby and Go agree. Node.js adds to its list,
# but not to what the user had in this variable.
VARIABLES = ("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
# The values that the shell had before `localcloud env`, which a later one needs again.
OUTER = "LOCALCLOUD_OUTER_CA_BUNDLES"
_NAME = "ca-with-public.pem"
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
# Where OpenSSL's default is a folder only: Debian, Fedora, SUSE, Alpine and macOS.
# https://go.dev/src/crypto/x509/root_linux.go
_SYSTEM = (
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
)  # fmt: skip


def bundle_in(folder: Path) -> Path:
    return folder / _NAME


def write_bundle(folder: Path, local: Path, environ: Mapping[str, str]) -> None:
    """Write the bundle anew. ``local``: the certificate of the local cloud."""
    default = ssl.get_default_verify_paths().openssl_cafile
    _write(folder, [local, *map(Path, (default, *_SYSTEM, certifi.where())), *outer_files(environ)])


def add_outer_files(folder: Path, environ: Mapping[str, str]) -> None:
    """Add what the user of another shell trusts."""
    if files := outer_files(environ):
        _write(folder, [bundle_in(folder), *files])


def outer_files(environ: Mapping[str, str]) -> list[Path]:
    """The user's own bundles, in this shell or before it was pointed at a local cloud.

    A folder, which requests takes as well, is left out.
    """
    values = [*environ.get(OUTER, "").split(os.pathsep), *(environ.get(n, "") for n in VARIABLES)]
    files = [Path(value) for value in dict.fromkeys(values) if value]
    return [file for file in files if file.name != _NAME and file.is_file()]


def _write(folder: Path, files: Iterable[Path]) -> None:
    texts = [file.read_bytes() for file in files if file.is_file()]
    certificates = dict.fromkeys(part for text in texts for part in _CERTIFICATE.findall(text))
    partial = folder / f"{_NAME}.part"
    write_private(partial, b"\n".join(certificates) + b"\n")
    partial.rename(bundle_in(folder))  # a tool that reads it now finds a whole one
