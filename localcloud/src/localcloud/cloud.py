"""What every emulated service needs, and where services find one another."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from moto.moto_api._internal.models import moto_api_backend

from localcloud.clock import Clock, ScaledClock
from localcloud.gateway.clients import Clients
from localcloud.gateway.gateway import Gateway
from localcloud.gateway.ledger import Ledger
from localcloud.gateway.moto_memory import make_moto_forget
from localcloud.gateway.principals import Principals
from localcloud.private_files import make_private_folder
from localcloud.settings import Settings
from localcloud.usage import Usage

T = TypeVar("T")


@dataclass
class Cloud:
    """One local cloud. Each service adds its parts in ``install``; others find them by type."""

    settings: Settings
    clock: Clock
    principals: Principals
    ledger: Ledger
    gateway: Gateway
    clients: Clients
    usage: Usage
    # Variables that point a child process at this cloud, set when the proxy listens.
    environment: dict[str, str] = field(default_factory=dict)
    _parts: dict[type, Any] = field(default_factory=dict)
    _on_close: list[Callable[[], None]] = field(default_factory=list)

    def add(self, part: object) -> None:
        self._parts[type(part)] = part

    def get(self, kind: type[T]) -> T:
        """The part of this type; KeyError if its package was not installed."""
        part: T = self._parts[kind]
        return part

    def find(self, kind: type[T]) -> T | None:
        """Return the part of this type, or None if its package was not installed."""
        return self._parts.get(kind)

    def on_close(self, action: Callable[[], None]) -> None:
        self._on_close.append(action)

    def close(self) -> None:
        """Stop what was started, last first."""
        self.gateway.is_closing = True
        while self._on_close:
            self._on_close.pop()()
        self.ledger.close()


def new_cloud(settings: Settings, clock: Clock | None = None) -> Cloud:
    """A cloud with a gateway and moto behind it, and no service yet. Resets moto's state."""
    make_private_folder(settings.state_dir)
    clock = clock or ScaledClock(settings.time_scale)
    principals = Principals()
    usage = Usage(clock.now)
    ledger = Ledger(settings.state_dir / "ledger.jsonl", usage)
    gateway = Gateway(principals, ledger, clock)
    moto_api_backend.reset()
    make_moto_forget()
    return Cloud(settings, clock, principals, ledger, gateway, Clients(gateway, principals), usage)
