"""Checks of the names in a fault: one that hits nothing would look like a system that bears it."""

from collections.abc import Iterable
from fnmatch import filter as fnfilter

from localcloud.gateway.vouched import VOUCHED, WITHOUT_MODEL
from localcloud.regions import regions

_SERVICES = {*VOUCHED, WITHOUT_MODEL}


def check_region(region: str) -> None:
    """Raise ValueError if there is no such Region."""
    _check(region in regions(), f"Region {region}", "Regions", regions())


def check_call(service: str | None, operation: str | None) -> None:
    """Raise ValueError if no call is of this service and this operation, which is a pattern."""
    if service is not None:
        _check(service in _SERVICES, f"service {service}", "services", _SERVICES)
    if operation is None or service == WITHOUT_MODEL:  # whose operations are methods of HTTP
        return
    services = VOUCHED if service is None else (service,)
    operations = {name for service in services for name in VOUCHED[service]}
    of = f"{service} has no" if service else "No service has an"
    if not fnfilter(operations, operation):
        hint = f" Known operations: {', '.join(sorted(operations))}." if service else ""
        raise ValueError(f"{of} operation {operation}.{hint}")


def _check(is_known: bool, name: str, kind: str, choices: Iterable[str]) -> None:
    if not is_known:
        raise ValueError(f"There is no {name}. Known {kind}: {', '.join(sorted(choices))}.")
