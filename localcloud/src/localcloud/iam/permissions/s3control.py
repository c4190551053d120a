"""The control plane of Multi-Region Access Points."""

from __future__ import annotations

from typing import Any

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.model import Permission, Unmapped

_BY_MRAP = {"GetMultiRegionAccessPointRoutes", "SubmitMultiRegionAccessPointRoutes"}
_BY_NAME = {
    "GetMultiRegionAccessPoint",
    "GetMultiRegionAccessPointPolicy",
    "GetMultiRegionAccessPointPolicyStatus",
}
_IN_DETAILS = {
    "CreateMultiRegionAccessPoint",
    "DeleteMultiRegionAccessPoint",
    "PutMultiRegionAccessPointPolicy",
}


def required_permissions(call: Call, account: str) -> list[Permission]:
    action = f"s3:{call.name}"
    given: dict[str, Any] = call.params
    if call.name == "ListMultiRegionAccessPoints":
        return [Permission(action, "*")]
    if call.name == "DescribeMultiRegionAccessPointOperation":
        return [Permission(action, str(given["RequestTokenARN"]))]
    if call.name in _BY_MRAP:
        name = str(given["Mrap"])
    elif call.name in _BY_NAME:
        name = str(given["Name"])
    elif call.name in _IN_DETAILS:
        name = str(given["Details"]["Name"])
    else:
        raise Unmapped(action)
    arn = name if name.startswith("arn:") else f"arn:aws:s3::{account}:accesspoint/{name}"
    return [Permission(action, arn)]
