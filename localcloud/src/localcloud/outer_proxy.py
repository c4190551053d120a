"""The proxy settings that the user's shell had before `localcloud env`."""

from collections.abc import Mapping

OUTER = "LOCALCLOUD_OUTER_PROXY"
_AWS = ("amazonaws.com", "api.aws")
_LOCAL = ("localhost", "127.0.0.1")


def outer_proxy(environ: Mapping[str, str]) -> str:
    """The user's own proxy; a shell that is pointed at a local cloud has that in HTTPS_PROXY."""
    if OUTER in environ:
        return environ[OUTER]
    return environ.get("HTTPS_PROXY") or environ.get("https_proxy") or ""


def hosts_without_proxy(environ: Mapping[str, str]) -> str:
    """The user's NO_PROXY, but for entries that would lead calls to AWS itself."""
    value = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    own = [host for entry in value.split(",") if (host := entry.strip()) and not _covers_aws(host)]
    return ",".join(dict.fromkeys((*_LOCAL, *own)))


def _covers_aws(entry: str) -> bool:
    domain = entry.lower().removesuffix(":443").lstrip("*.")
    return not domain or any(
        f".{aws}".endswith(f".{domain}") or domain.endswith(f".{aws}") for aws in _AWS
    )
