"""The control plane of Multi-Region Access Points: what they are and where they route.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointRestrictions.html
"""

from __future__ import annotations

import json
import re
import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from localcloud.clock import utc
from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.gateway.service import Service
from localcloud.s3.store import Store

CONTROL_REGION = "us-west-2"
ROUTE_REGIONS = ("us-east-1", "us-west-2", "ap-southeast-2", "ap-northeast-1", "eu-west-1")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,48})[a-z0-9]")
_ALIAS_LETTERS = string.ascii_lowercase + string.digits
_ALL_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


@dataclass
class Route:
    """A bucket behind an access point; ``dial`` is 100 (active) or 0 (passive)."""

    bucket: str
    region: str
    dial: int = 100


@dataclass
class AccessPoint:
    name: str
    arn: str
    alias: str
    created_at: datetime
    routes: list[Route]
    public_access_block: dict[str, bool]
    policy: str | None = None

    def describe(self) -> dict[str, Any]:
        return {
            "Name": self.name,
            "Alias": self.alias,
            "CreatedAt": self.created_at,
            "PublicAccessBlock": self.public_access_block,
            "Status": "READY",
            "Regions": [{"Bucket": route.bucket, "Region": route.region} for route in self.routes],
        }


@dataclass
class Operation:
    """An asynchronous request; here each has succeeded by the time it is answered."""

    token_arn: str
    name: str
    created_at: datetime
    request: dict[str, Any]
    regions: list[str] = field(default_factory=list)

    @property
    def token(self) -> dict[str, str]:
        return {"RequestTokenARN": self.token_arn}

    def describe(self) -> dict[str, Any]:
        details = {"Regions": [{"Name": r, "RequestStatus": "SUCCEEDED"} for r in self.regions]}
        return {
            "CreationTime": self.created_at,
            "Operation": self.name,
            "RequestTokenARN": self.token_arn,
            "RequestParameters": {f"{self.name}Request": self.request},
            "RequestStatus": "SUCCEEDED",
            "ResponseDetails": {"MultiRegionAccessPointDetails": details},
        }


class MultiRegionAccessPoints(Service):
    """The account's access points. ``nearest`` is the Region nearest to callers outside AWS."""

    service = "s3control"
    falls_through = True  # account-wide public-access block and the like: moto

    def __init__(self, cloud: Cloud, store: Store) -> None:
        self._cloud = cloud
        self._store = store
        self._account = cloud.settings.account_id
        self._by_name: dict[str, AccessPoint] = {}
        self._operations: dict[str, Operation] = {}
        self._tokens: dict[str, Operation] = {}
        self.nearest: str | None = None

    def by_alias(self, alias: str) -> AccessPoint | None:
        return next((ap for ap in self._by_name.values() if ap.alias == alias), None)

    def __call__(self, call: Call) -> Any:
        if "MultiRegionAccessPoint" in call.name:
            _check_region(call)
        return super().__call__(call)

    def create_multi_region_access_point(self, _: Call, **params: Any) -> dict[str, Any]:
        if operation := self._tokens.get(params["ClientToken"]):
            return operation.token
        details = params["Details"]
        name = details["Name"]
        if not _NAME.fullmatch(name):
            raise _invalid(f"The Multi-Region Access Point name {name} is not valid")
        if name in self._by_name:
            message = "You already have a Multi-Region Access Point with the same name."
            raise ApiError("MultiRegionAccessPointAlreadyOwnedByYou", message, 409)
        alias = "".join(secrets.choice(_ALIAS_LETTERS) for _ in range(13)) + ".mrap"
        self._by_name[name] = AccessPoint(
            name,
            f"arn:aws:s3::{self._account}:accesspoint/{alias}",
            alias,
            utc(self._cloud.clock.now()),
            self._routes(details["Regions"]),
            {**_ALL_BLOCKED, **details.get("PublicAccessBlock", {})},
        )
        return self._complete("CreateMultiRegionAccessPoint", params)

    def delete_multi_region_access_point(self, _: Call, **params: Any) -> dict[str, Any]:
        if operation := self._tokens.get(params["ClientToken"]):
            return operation.token
        self._find(params["Details"]["Name"])
        token = self._complete("DeleteMultiRegionAccessPoint", params)
        del self._by_name[params["Details"]["Name"]]
        return token

    def put_multi_region_access_point_policy(self, _: Call, **params: Any) -> dict[str, Any]:
        if operation := self._tokens.get(params["ClientToken"]):
            return operation.token
        access_point = self._find(params["Details"]["Name"])
        try:
            json.loads(params["Details"]["Policy"])
        except ValueError:
            raise ApiError("MalformedPolicy", "This policy contains invalid Json", 400) from None
        access_point.policy = params["Details"]["Policy"]
        return self._complete("PutMultiRegionAccessPointPolicy", params)

    def describe_multi_region_access_point_operation(
        self, _: Call, **params: Any
    ) -> dict[str, Any]:
        operation = self._operations.get(params["RequestTokenARN"])
        if operation is None:
            raise ApiError("NoSuchAsyncRequest", "The specified request does not exist.", 404)
        return {"AsyncOperation": operation.describe()}

    def get_multi_region_access_point(self, _: Call, **params: Any) -> dict[str, Any]:
        return {"AccessPoint": self._find(params["Name"]).describe()}

    def list_multi_region_access_points(self, _: Call, **__: Any) -> dict[str, Any]:
        return {"AccessPoints": [point.describe() for point in self._by_name.values()]}

    def get_multi_region_access_point_policy(self, _: Call, **params: Any) -> dict[str, Any]:
        policy = self._find(params["Name"]).policy
        return {"Policy": {"Established": {"Policy": policy}} if policy else {}}

    def get_multi_region_access_point_policy_status(self, _: Call, **params: Any) -> dict[str, Any]:
        access_point = self._find(params["Name"])
        blocked = access_point.public_access_block["BlockPublicPolicy"]
        return {"Established": {"IsPublic": not blocked and '"*"' in (access_point.policy or "")}}

    def get_multi_region_access_point_routes(self, _: Call, **params: Any) -> dict[str, Any]:
        access_point = self._by_arn(params["Mrap"])
        routes = [
            {"Bucket": route.bucket, "Region": route.region, "TrafficDialPercentage": route.dial}
            for route in access_point.routes
        ]
        return {"Mrap": access_point.arn, "Routes": routes}

    def submit_multi_region_access_point_routes(self, _: Call, **params: Any) -> dict[str, Any]:
        routes = self._by_arn(params["Mrap"]).routes
        dials = [route.dial for route in routes]
        for update in params["RouteUpdates"]:
            if update["TrafficDialPercentage"] not in (0, 100):
                raise _invalid("TrafficDialPercentage must be 0 or 100")
            dials[_index(routes, update)] = update["TrafficDialPercentage"]
        if not any(dials):
            raise _invalid("At least one Region must be active")
        for route, dial in zip(routes, dials, strict=True):
            route.dial = dial
        return {}

    def _complete(self, name: str, params: dict[str, Any]) -> dict[str, Any]:
        regions = [route.region for route in self._by_name[params["Details"]["Name"]].routes]
        token = secrets.token_urlsafe(24)
        verb = name.removesuffix("Policy").replace("MultiRegionAccessPoint", "").lower()
        arn = f"arn:aws:s3:{CONTROL_REGION}:{self._account}:async-request/mrap/{verb}/{token}"
        now = utc(self._cloud.clock.now())
        operation = Operation(arn, name, now, params["Details"], regions)
        self._operations[arn] = self._tokens[params["ClientToken"]] = operation
        return operation.token

    def _routes(self, regions: list[dict[str, str]]) -> list[Route]:
        routes = []
        for entry in regions:
            region = self._store.region(entry["Bucket"])
            if region is None:
                raise ApiError("NoSuchBucket", "The specified bucket does not exist", 404)
            routes.append(Route(entry["Bucket"], region))
        if len({route.region for route in routes}) < len(routes):
            raise _invalid("A Multi-Region Access Point has at most one bucket in each Region")
        return routes

    def _find(self, name: str) -> AccessPoint:
        if name not in self._by_name:
            raise no_such_access_point()
        return self._by_name[name]

    def _by_arn(self, arn: str) -> AccessPoint:
        for access_point in self._by_name.values():
            if access_point.arn == arn:
                return access_point
        raise no_such_access_point()


def no_such_access_point() -> ApiError:
    message = "The specified Multi-Region Access Point does not exist."
    return ApiError("NoSuchMultiRegionAccessPoint", message, 404)


def _check_region(call: Call) -> None:
    allowed = ROUTE_REGIONS if call.name.endswith("Routes") else (CONTROL_REGION,)
    if call.region not in allowed:
        raise _invalid(f"{call.name} must be sent to {' or '.join(allowed)}, not to {call.region}")


def _index(routes: list[Route], update: dict[str, Any]) -> int:
    for index, route in enumerate(routes):
        if update.get("Bucket", route.bucket) == route.bucket and (
            update.get("Region", route.region) == route.region
        ):
            return index
    raise _invalid("The Multi-Region Access Point has no such bucket or Region")


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidRequest", message, 400)
