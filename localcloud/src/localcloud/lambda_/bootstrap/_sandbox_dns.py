"""Makes dnspython, if a function imports it, use the resolver of the function's VPC."""

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

_MODULE = "dns.resolver"


class _Configured(Loader):
    """Executes the module as usual, then gives it a default resolver with one name server."""

    def __init__(self, inner: Loader, host: str, port: int) -> None:
        self._inner = inner
        self._server = host, port

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._inner.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._inner.exec_module(module)
        host, port = self._server

        class VpcResolver(module.Resolver):  # type: ignore[misc, name-defined]  # the class is found at run time
            def __init__(self, filename: object = "/etc/resolv.conf", configure: bool = True):
                super().__init__(filename, configure=False)
                if configure:
                    self.nameservers = [host]
                    self.port = port

        module.Resolver = VpcResolver  # type: ignore[attr-defined]  # an attribute of the module at run time
        module.default_resolver = None  # type: ignore[attr-defined]  # made on first use, from Resolver


class _Finder(MetaPathFinder):
    def __init__(self, host: str, port: int) -> None:
        self._server = host, port

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the finder's interface
        target: ModuleType | None = None,  # noqa: ARG002 - the finder's interface
    ) -> ModuleSpec | None:
        if fullname != _MODULE:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(fullname)
        if spec and spec.loader:
            spec.loader = _Configured(spec.loader, *self._server)
        return spec


def install(host: str, port: int) -> None:
    sys.meta_path.insert(0, _Finder(host, port))
