"""The step-function starter's functions, in one module."""

from typing import Any

Json = dict[str, Any]


def check(_event: Json, _context: object) -> Json:
    return {"stock_price": 30}


def buy(event: Json, _context: object) -> Json:
    return _transaction("buy", event["stock_price"])


def sell(event: Json, _context: object) -> Json:
    return _transaction("sell", event["stock_price"])


def _transaction(kind: str, price: int) -> Json:
    return {"id": "1", "price": str(price), "type": kind, "qty": "2", "timestamp": "now"}
