"""Base of the services that we emulate ourselves: one method an operation, the model does parsing
and answering.
"""

from __future__ import annotations

import re
from typing import ClassVar

from localcloud.gateway.answer import serialize
from localcloud.gateway.errors import not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.paging import Pager

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def method_name(operation: str) -> str:
    """``StartSyncExecution`` → ``start_sync_execution``, ``ListFunctions20150331`` →
    ``list_functions20150331``.
    """
    return _CAPITAL.sub("_", operation).lower()


class Service:
    """Subclass with ``service`` set and one public method for each operation.

    A method ``(self, call, **params)`` gets the operation's input members as keywords (botocore's
    model has names and shapes) and returns a dict of output members, or a ready ``Response``; it
    raises ``ApiError`` for an error answer. With a ``pager`` it returns whole lists, and does not
    see the members about pages. Operations without a method fall through to moto if
    ``falls_through`` is set, else they are an error that names them.
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
        return result if isinstance(result, Response) else serialize(call, result)
