"""A proxy that intercepts TLS to AWS hosts and tunnels everything else."""

from localcloud.proxy.server import ProxyServer

__all__ = ["ProxyServer"]
