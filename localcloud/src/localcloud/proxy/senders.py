"""Who may not send requests: a web page, and whoever takes this machine for another host.

A page cannot sign, but some calls need no signature, and each tells the page whether a local cloud
runs. What a browser says of a request: https://www.w3.org/TR/fetch-metadata/
"""

from localcloud.gateway.http import Request

_OTHER_HOST = "The header Host names another host than the connection: {host}."
_PAGE = (
    "A web page has sent this request. The local cloud answers browsers only where a user opens a "
    "link."
)


def why_refused(request: Request) -> str | None:
    """The reason to answer 403, in words; None if the sender is welcome.

    The host of the URL is the one that the client has connected to.
    """
    host = request.header("Host")
    if _without_port(host) != _without_port(request.parts.netloc):
        return _OTHER_HOST.format(host=host or "none")
    return _PAGE if _is_from_page(request) else None


def _without_port(host: str) -> str:
    return host.lower().removesuffix(":443").removesuffix(".")


def _is_from_page(request: Request) -> bool:
    """A link that is opened, in a mail or in another page, is a navigation without Origin.

    Other clients send neither header; fetch of Node.js sends Sec-Fetch-Mode alone.
    """
    if request.header("Origin"):
        return True
    how = tuple(request.header(f"Sec-Fetch-{name}") for name in ("Mode", "Dest"))
    opens_link = request.method in ("GET", "HEAD") and how == ("navigate", "document")
    return request.header("Sec-Fetch-Site") not in ("", "none") and not opens_link
