"""Pages of the lists that operations return, by botocore's paginators."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.gateway.models import MODELS


@dataclass(frozen=True)
class Pager:
    """Cuts a list into pages of ``size`` items, or as many as a call asks for up to ``largest``.

    ``code`` and ``message`` are those of the error for a token that is no position in the list.
    """

    size: int
    code: str
    message: str
    largest: int = sys.maxsize

    def result(self, call: Call, operation: Callable[..., Any]) -> Any:
        """Call ``operation``, which returns the whole list, and keep the page that is asked for."""
        keys = _paginator(call)
        if keys is None:
            return operation(call, **call.params)
        params = dict(call.params)
        token = str(params.pop(keys.token, None) or "0")
        size = str(params.pop(keys.limit, None) or self.size)  # API Gateway's is a text
        if not re.fullmatch("[0-9]{1,9}", size):
            raise ApiError(self.code, self.message.format(token=token), 400)
        result = operation(call, **params)
        items = result[keys.items]
        if not re.fullmatch("[0-9]{1,9}", token) or int(token) > len(items):
            raise ApiError(self.code, self.message.format(token=token), 400)
        start = int(token)
        end = start + min(int(size), self.largest)
        next_token = {keys.next_token: str(end)} if end < len(items) else {}
        return {**result, keys.items: items[start:end], **next_token}


class _Keys(NamedTuple):
    """The members of an operation's input and output that are about pages."""

    token: str
    limit: str
    next_token: str
    items: str


def _paginator(call: Call) -> _Keys | None:
    """None if the operation has no pages."""
    assert call.operation is not None, "a call without a model has no pages"  # noqa: S101 - programmer error
    return _paginators(call.operation.service_model.service_name).get(call.name)


@cache
def _paginators(service: str) -> dict[str, _Keys]:
    """From paginators-1.json: https://github.com/boto/botocore/tree/develop/botocore/data"""
    config = MODELS.load_service_model(service, "paginators-1")["pagination"]
    return {operation: _keys(pagination) for operation, pagination in config.items()}


def _keys(pagination: dict[str, Any]) -> _Keys:
    """Of several lists, the first one is cut: the MetricAlarms of DescribeAlarms."""
    items = pagination["result_key"]
    return _Keys(
        token=pagination["input_token"],
        limit=pagination.get("limit_key", ""),
        next_token=pagination["output_token"],
        items=items if isinstance(items, str) else items[0],
    )
