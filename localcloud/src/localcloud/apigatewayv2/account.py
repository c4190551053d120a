"""The one operation of API Gateway's version 1: how many requests an account may make.

https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
"""

from typing import Any

from localcloud.gateway.identify import Call
from localcloud.gateway.service import Service

_THROTTLING = {"rateLimit": 10_000.0, "burstLimit": 5_000}


class Account(Service):
    service = "apigateway"

    def get_account(self, _: Call) -> dict[str, Any]:
        return {"throttleSettings": _THROTTLING, "features": [], "apiKeyVersion": "4"}
