"""Two Regions whose functions answer what a test wants; either may be down."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import EndpointConnectionError

from deployment.deployer.active_region import FunctionFailed
from deployment.deployer.aws import STANDARD
from tests.deployment.fakes import FakeAws, FakeClient

PRIMARY, SECONDARY = "eu-west-1", "eu-central-1"  # of the fake settings
Event = dict[str, Any]
Function = Callable[[Event], Any]


class FakeRegions(FakeAws):
    """`functions` answer in each Region; a reconciler that gets no event names the active one.

    `invoked` are the Region, the function and the event of each other invocation.
    """

    def __init__(self, active: str = PRIMARY, down: str = "", **functions: Any) -> None:
        super().__init__()
        self.active, self.down = active, down
        self.functions: dict[str, Function] = functions
        self.invoked: list[tuple[str, str, Event]] = []

    def client(
        self, service: str, region: str, config: Any = STANDARD, endpoint: str | None = None
    ) -> Any:
        if region == self.down:
            raise EndpointConnectionError(endpoint_url=f"https://{service}.{region}.example")
        if service != "lambda":
            return super().client(service, region, config, endpoint)

        def invoke(**params: str) -> Any:
            return self._invoke(region, params["FunctionName"], json.loads(params["Payload"]))

        return FakeClient({"invoke": invoke}, self.calls)

    def _invoke(self, region: str, name: str, event: Event) -> Any:
        if not event:
            return _response({"active": self.active})
        self.invoked.append((region, name, event))
        try:
            return _response(self.functions[name.split("-")[1]](event))
        except FunctionFailed as error:
            failure = {"errorType": error.type, "errorMessage": str(error)}
            return {**_response(failure), "FunctionError": "Unhandled"}


def _response(payload: Any) -> dict[str, Any]:
    return {"Payload": io.BytesIO(json.dumps(payload).encode())}
