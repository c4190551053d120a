"""A creation that fails leaves nothing registered in moto, so that it can be tried again."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

from moto.backends import get_backend
from moto.core.base_backend import BackendDict

from localcloud.gateway.identify import Call
from localcloud.settings import ACCOUNT_ID

# Operations that AWS refuses if what they make exists.
_CREATIONS = ("Create", "Register", "Allocate", "Associate", "Attach", "Upload", "Run", "Verify")


@contextmanager
def undone_if_it_fails(call: Call) -> Iterator[None]:
    """Restore moto's registries of the call's service if the call ends with an error.

    The caller holds the service's lock.
    """
    if not call.name.startswith(_CREATIONS):
        yield
        return
    before = [(registry, copy(registry)) for registry in _registries(call.service, call.region)]
    try:
        yield
    except Exception:
        for registry, content in before:
            _restore(registry, content)
        raise


def _registries(service: str, region: str) -> list[Any]:
    """The collections in which a backend of moto keeps resources, by name or id."""
    backends: Any = get_backend(service)  # type: ignore[call-overload]  # service names are literals in moto
    regions = backends[ACCOUNT_ID] if isinstance(backends, BackendDict) else backends
    name = region if region in regions else "aws"
    if name not in regions:
        return []
    return [part for part in vars(regions[name]).values() if isinstance(part, (dict, list, set))]


def _restore(registry: Any, content: Any) -> None:
    if registry == content:
        return
    registry.clear()
    registry.extend(content) if isinstance(registry, list) else registry.update(content)
