"""What a request says of its signature, in a header or in its URL, as it was sent.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from dataclasses import dataclass
from functools import lru_cache

from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Request

ASYMMETRIC = "AWS4-ECDSA-P256-SHA256"
_IN_URL = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature")


@dataclass(frozen=True)
class Authorization:
    """The parts of a signature; those that are not there are empty."""

    presigned: bool
    algorithm: str
    time: str
    credential: str
    signed_headers: str
    signature: str

    @property
    def scope(self) -> str:
        """``date/region/service/aws4_request``, without a Region if the algorithm is SigV4A."""
        return self.credential.partition("/")[2]

    @staticmethod
    def of(request: Request) -> "Authorization | None":
        """None if the request is not signed with version 4."""
        header = request.header("Authorization")
        if header.startswith("AWS4-"):
            return _from_header(header, request)
        if not any(name in request.query for name in _IN_URL):
            return None
        query = {name: values[0] for name, values in request.query.items()}
        names = ("Algorithm", "Date", "Credential", "SignedHeaders", "Signature")
        return Authorization(True, *(query.get(f"X-Amz-{name}", "") for name in names))


def _from_header(header: str, request: Request) -> Authorization:
    time = request.header("X-Amz-Date") or request.header("Date")
    return _parse(header, time)


@lru_cache(maxsize=64)
def _parse(header: str, time: str) -> Authorization:
    """Several checks of one request need it."""
    algorithm, _, fields = header.partition(" ")
    pairs = (part.strip().partition("=") for part in fields.split(","))
    values = {name: value for name, _, value in pairs}
    names = ("Credential", "SignedHeaders", "Signature")
    return Authorization(False, algorithm, time, *(values.get(name, "") for name in names))


def malformed_authorization(is_presigned: bool, problem: str) -> ApiError:
    """S3's error about the header, or about the parameter of a presigned URL."""
    if is_presigned:
        text = f"Error parsing the X-Amz-Credential parameter; {problem}"
        return ApiError("AuthorizationQueryParametersError", text, 400)
    text = f"The authorization header is malformed; {problem}"
    return ApiError("AuthorizationHeaderMalformed", text, 400)
