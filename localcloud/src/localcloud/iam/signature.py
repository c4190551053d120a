"""Checks of Signature Version 4 and 4A.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote

from botocore.utils import normalize_url_path
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from localcloud.gateway.http import Request
from localcloud.gateway.identify import Call
from localcloud.gateway.principals import Credentials

_ASYMMETRIC = "AWS4-ECDSA-P256-SHA256"
_HEADER = re.compile(
    r"^(?P<algorithm>\S+) Credential=[^/]+/(?P<scope>[^,\s]+),\s*"
    r"SignedHeaders=(?P<headers>[^,\s]+),\s*Signature=(?P<signature>[0-9a-f]+)"
)
_STREAMED = ("UNSIGNED-PAYLOAD", "STREAMING-")


@dataclass(frozen=True)
class Signature:
    """The signature of a request, with its algorithm, scope and signed headers."""

    algorithm: str
    scope: str  # date[/region]/service/aws4_request
    headers: tuple[str, ...]
    value: str
    time: str
    presigned: bool

    @staticmethod
    def of(request: Request) -> "Signature | None":
        if match := _HEADER.match(request.header("Authorization")):
            headers = tuple(match["headers"].split(";"))
            time = request.header("X-Amz-Date")
            return Signature(
                match["algorithm"], match["scope"], headers, match["signature"], time, False
            )
        query = {name: values[0] for name, values in request.query.items()}
        if "X-Amz-Signature" not in query:
            return None
        return Signature(
            query["X-Amz-Algorithm"],
            query["X-Amz-Credential"].partition("/")[2],
            tuple(query["X-Amz-SignedHeaders"].split(";")),
            query["X-Amz-Signature"],
            query["X-Amz-Date"],
            True,
        )


def signed_headers(request: Request) -> tuple[str, ...]:
    """The names of the headers that the signature covers."""
    signature = Signature.of(request)
    return signature.headers if signature else ()


def is_signed(call: Call, credentials: Credentials) -> bool:
    """Whether the secret of ``credentials`` has made the signature of the request."""
    signature = Signature.of(call.request)
    canonical = _canonical(call, signature) if signature else None
    if signature is None or canonical is None:
        return False
    digest = _sha256(canonical.encode())
    text = f"{signature.algorithm}\n{signature.time}\n{signature.scope}\n{digest}".encode()
    if signature.algorithm == _ASYMMETRIC:
        key = _public_key(credentials.access_key, credentials.secret_key)
        try:
            key.verify(bytes.fromhex(signature.value), text, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True
    secret = _signing_key(credentials.secret_key, signature.scope)
    return hmac.compare_digest(_hmac(secret, text).hex(), signature.value)


def _canonical(call: Call, signature: Signature) -> str | None:
    """The canonical request; None if the body is not the one that was signed."""
    request = call.request
    payload = _payload_hash(request, signature)
    if payload is None:
        return None
    path = request.parts.path or "/"
    if call.service not in ("s3", "s3control"):
        path = quote(normalize_url_path(path), safe="/~")
    parts = request.parts.query.split("&") if request.parts.query else []
    pairs = sorted(
        (name, value)
        for name, _, value in (_encoded(part).partition("=") for part in parts)
        if name != "X-Amz-Signature"
    )
    query = "&".join(f"{name}={value}" for name, value in pairs)
    headers = "".join(f"{name}:{_header(request, name)}\n" for name in signature.headers)
    names = ";".join(signature.headers)
    return f"{request.method.upper()}\n{path}\n{query}\n{headers}\n{names}\n{payload}"


def _encoded(part: str) -> str:
    """As the signer encodes it; senders may write a plus, or leave some characters unencoded."""
    name, _, value = part.partition("=")
    return f"{quote(unquote(name), safe='~')}={quote(unquote(value), safe='~')}"


def _header(request: Request, name: str) -> str:
    if name == "host":
        return request.header("Host") or request.parts.netloc
    return " ".join(request.header(name).split())


def _payload_hash(request: Request, signature: Signature) -> str | None:
    declared = request.header("X-Amz-Content-SHA256")
    if declared.startswith(_STREAMED):
        return declared
    if not declared and signature.presigned and "/s3/" in signature.scope:
        return "UNSIGNED-PAYLOAD"
    computed = _sha256(request.body)
    return computed if declared in ("", computed) else None


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


@lru_cache(maxsize=1024)
def _signing_key(secret: str, scope: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = _hmac(key, part.encode())
    return key


@lru_cache(maxsize=256)
def _public_key(access_key: str, secret: str) -> ec.EllipticCurvePublicKey:
    """SigV4A derives a P-256 key from the pair of keys (NIST SP 800-108, counter mode)."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    for counter in range(1, 255):
        fixed = _ASYMMETRIC.encode() + b"\0" + access_key.encode() + bytes([counter])
        block = b"\0\0\0\1" + fixed + (256).to_bytes(4, "big")
        candidate = int.from_bytes(_hmac(f"AWS4A{secret}".encode(), block), "big")
        if candidate <= order - 2:
            return ec.derive_private_key(candidate + 1, ec.SECP256R1()).public_key()
    raise ValueError("no key can be derived")  # one in 2**32 for each of 254 tries
