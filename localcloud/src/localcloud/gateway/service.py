"""Base of the emulated services: one method an operation; botocore's model parses and answers."""

import re
from typing import ClassVar

from localcloud.gateway.answer import serialize
from localcloud.gateway.errors import not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.paging import Pager

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def method_name(operation: str) -> str:
    """``StartSyncExecution`` → ``start_sync_execution``."""
    return _CAPITAL.sub("_", operation).lower()


class Service:
    """Subclass with ``service`` set and one public method for each operation.

    A method ``(self, call, **params)`` gets the members of the operation's input, by their names
    in botocore's model. It returns the members of the output, or a ``Response``, or raises
    ``ApiError``. With a ``pager`` it returns whole lists and does not see the members about
    pages. If ``falls_through`` is set, an operation whose method returns None, or that has none,
    goes to the next handler; else the latter is refused by name.
    """

    service: ClassVar[str]
    falls_through: ClassVar[bool] = False
    pager: ClassVar[Pager | None] = None

    def __call__(self, call: Call) -> Response | None:
        method = getattr(self, method_name(call.name), None) if call.operation else None
        if method is None:
            if self.falls_through:
                return None
            raise not_emulated(f"the operation {call.action}")
        pager = self.pager
        result = pager.result(call, method) if pager else method(call, **call.params)
        if result is None and self.falls_through:
            return None
        return result if isinstance(result, Response) else serialize(call, result)
