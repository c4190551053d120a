"""The TLS-intercepting proxy: AWS hosts are answered here, every other host is tunnelled through
untouched.
"""

from localcloud.proxy.server import ProxyServer

__all__ = ["ProxyServer"]
