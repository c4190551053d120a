"""An HTTP request and response, apart from any transport."""

from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import SplitResult, parse_qs, urlsplit

from botocore.awsrequest import HeadersDict


@dataclass
class Request:
    """``url`` is absolute and still percent-encoded, as it was sent.

    ``via``: the ARN of the access point whose host was rewritten to a bucket's.
    """

    method: str
    url: str
    headers: HeadersDict
    body: bytes = b""
    via: str | None = None

    @cached_property
    def parts(self) -> SplitResult:
        return urlsplit(self.url)

    @cached_property
    def host(self) -> str:
        return self.parts.hostname or ""

    @cached_property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(self.parts.query, keep_blank_values=True)

    @cached_property
    def presigned(self) -> bool:
        """Whether it is signed in its URL: anybody who has the URL can send it, from anywhere."""
        return "X-Amz-Signature" in self.query

    def header(self, name: str) -> str:
        return self._by_lower_case.get(name.lower(), "")

    def set_header(self, name: str, value: str) -> None:
        self.headers[name] = value
        self._by_lower_case[name.lower()] = value

    @cached_property
    def _by_lower_case(self) -> dict[str, str]:
        """botocore's dictionary makes two objects for each look into it."""
        return {
            str(name).lower(): value.decode() if isinstance(value, bytes) else str(value)
            for name, value in self.headers.items()
        }


@dataclass
class Response:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
