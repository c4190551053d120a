"""What the resolvers of a Region's VPCs answer."""

from __future__ import annotations

from localcloud.cloud import Cloud
from localcloud.dns import VpcResolver


class Dns:
    """``cloud.dns``."""

    def __init__(self, cloud: Cloud) -> None:
        self._resolver = cloud.get(VpcResolver)

    def freeze(self, region: str) -> None:
        """Let the Region's resolvers keep what they have answered, beyond its TTL."""
        self._resolver.frozen |= {region}

    def silence(self, region: str) -> None:
        """Let the Region's resolvers answer SERVFAIL."""
        self._resolver.silent |= {region}

    def mend(self, region: str) -> None:
        """End both; without effect if there is neither."""
        self._resolver.frozen -= {region}
        self._resolver.silent -= {region}
