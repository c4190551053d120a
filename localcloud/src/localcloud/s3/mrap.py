"""The control plane of Multi-Region Access Points: what they are and where they route.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointRestrictions.html
"""

import re
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from localcloud.clock import utc
from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.gateway.service import Service
from localcloud.s3 import store
from localcloud.s3.store import invalid_request
from localcloud.settings import ACCOUNT_ID

CONTROL_REGION = "us-west-2"
ROUTE_REGIONS = ("us-east-1", "us-west-2", "ap-southeast-2", "ap-northeast-1", "eu-west-1")
# Where a bucket of an access point may be: by default, and after opting in to the Region.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/ConfiguringMrapOptInRegions.html
_BUCKET_REGIONS = (
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1",
    "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2",
    "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
    "af-south-1", "ap-east-1", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ca-west-1",
    "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1", "me-central-1", "me-south-1",
)  # fmt: skip
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,48})[a-z0-9]")
_ALIAS_LETTERS = string.ascii_lowercase + string.digits
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@dataclass
class Route:
    """A bucket behind an access point; ``dial`` is 100 (active) or 0 (passive)."""

    bucket: str
    region: str
    dial: int = 100

    def describe(self) -> dict[str, Any]:
        """Return the members of RegionReport and MultiRegionAccessPointRoute."""
        return {"Bucket": self.bucket, "Region": self.region, "TrafficDialPercentage": self.dial}


@dataclass
class AccessPoint:
    name: str
    arn: str
    alias: str
    created_at: datetime
    routes: list[Route]
    public_access_block: dict[str, bool]

    def describe(self) -> dict[str, Any]:
        return {
            "Name": self.name,
            "Alias": self.alias,
            "CreatedAt": self.created_at,
            "PublicAccessBlock": self.public_access_block,
            "Status": "READY",
            "Regions": [route.describe() for route in self.routes],
        }


class MultiRegionAccessPoints(Service):
    """The account's access points. ``nearest`` is the Region nearest to callers outside AWS."""

    service = "s3control"

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._by_name: dict[str, AccessPoint] = {}
        self._requests: dict[str, str] = {}  # their ARNs by client token
        self.nearest: str | None = None

    def by_alias(self, alias: str) -> AccessPoint | None:
        return next((ap for ap in self._by_name.values() if ap.alias == alias), None)

    def __call__(self, call: Call) -> Any:
        _check_region(call)
        return super().__call__(call)

    def create_multi_region_access_point(self, call: Call, **params: Any) -> dict[str, Any]:
        return self._operate(call, params, self._create)

    def delete_multi_region_access_point(self, call: Call, **params: Any) -> dict[str, Any]:
        return self._operate(call, params, self._delete)

    def get_multi_region_access_point(self, _: Call, **params: Any) -> dict[str, Any]:
        return {"AccessPoint": self._find(params["Name"]).describe()}

    def list_multi_region_access_points(self, _: Call, **__: Any) -> dict[str, Any]:
        return {"AccessPoints": [point.describe() for point in self._by_name.values()]}

    def get_multi_region_access_point_routes(self, _: Call, **params: Any) -> dict[str, Any]:
        access_point = self._by_arn(params["Mrap"])
        return {"Mrap": access_point.arn, "Routes": [r.describe() for r in access_point.routes]}

    def submit_multi_region_access_point_routes(self, _: Call, **params: Any) -> dict[str, Any]:
        routes = self._by_arn(params["Mrap"]).routes
        dials = [route.dial for route in routes]
        for update in params["RouteUpdates"]:
            if update["TrafficDialPercentage"] not in (0, 100):
                raise invalid_request("TrafficDialPercentage must be 0 or 100")
            dials[_index(routes, update)] = update["TrafficDialPercentage"]
        if not any(dials):
            raise invalid_request("At least one Region must be active")
        for route, dial in zip(routes, dials, strict=True):
            route.dial = dial
        return {}

    def _operate(
        self, call: Call, params: dict[str, Any], action: Callable[[dict[str, Any]], None]
    ) -> dict[str, Any]:
        """Do ``action`` once for each ClientToken; it has succeeded by the time this answers."""
        token = params["ClientToken"]
        if token not in self._requests:
            action(params["Details"])
            verb = call.name.removesuffix("MultiRegionAccessPoint").lower()
            request = f"async-request/mrap/{verb}/{secrets.token_urlsafe(24)}"
            self._requests[token] = f"arn:aws:s3:{CONTROL_REGION}:{ACCOUNT_ID}:{request}"
        return {"RequestTokenARN": self._requests[token]}

    def _create(self, details: dict[str, Any]) -> None:
        name = details["Name"]
        if not _NAME.fullmatch(name):
            raise invalid_request(f"The Multi-Region Access Point name {name} is not valid")
        if name in self._by_name:
            message = "You already have a Multi-Region Access Point with the same name."
            raise ApiError("MultiRegionAccessPointAlreadyOwnedByYou", message, 409)
        alias = "".join(secrets.choice(_ALIAS_LETTERS) for _ in range(13)) + ".mrap"
        self._by_name[name] = AccessPoint(
            name,
            f"arn:aws:s3::{ACCOUNT_ID}:accesspoint/{alias}",
            alias,
            utc(self._cloud.clock.now()),
            self._routes(details["Regions"]),
            {**dict.fromkeys(_BLOCKS, True), **details.get("PublicAccessBlock", {})},
        )

    def _delete(self, details: dict[str, Any]) -> None:
        del self._by_name[self._find(details["Name"]).name]

    def _routes(self, regions: list[dict[str, str]]) -> list[Route]:
        names = [entry["Bucket"] for entry in regions]
        routes = [Route(name, store.existing_region(name)) for name in names]
        if len({route.region for route in routes}) < len(routes):
            message = "A Multi-Region Access Point has at most one bucket in each Region"
            raise invalid_request(message)
        for route in routes:
            if route.region not in _BUCKET_REGIONS:
                message = f"Multi-Region Access Points are not supported in {route.region}"
                raise invalid_request(message)
        return routes

    def _find(self, name: str) -> AccessPoint:
        if name not in self._by_name:
            raise no_such_access_point()
        return self._by_name[name]

    def _by_arn(self, arn: str) -> AccessPoint:
        name = next((point.name for point in self._by_name.values() if point.arn == arn), "")
        return self._find(name)


def no_such_access_point() -> ApiError:
    message = "The specified Multi-Region Access Point does not exist."
    return ApiError("NoSuchMultiRegionAccessPoint", message, 404)


def _check_region(call: Call) -> None:
    allowed = ROUTE_REGIONS if call.name.endswith("Routes") else (CONTROL_REGION,)
    if call.region not in allowed:
        regions = " or ".join(allowed)
        raise invalid_request(f"{call.name} must be sent to {regions}, not to {call.region}")


def _index(routes: list[Route], update: dict[str, Any]) -> int:
    for index, route in enumerate(routes):
        if update.get("Bucket", route.bucket) == route.bucket and (
            update.get("Region", route.region) == route.region
        ):
            return index
    raise invalid_request("The Multi-Region Access Point has no such bucket or Region")
