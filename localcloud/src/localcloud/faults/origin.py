"""Where a call comes from."""

import zlib

from localcloud.gateway.identify import Call
from localcloud.gateway.principals import Principal, access_key_of


def home_of(principal: Principal) -> str | None:
    """The Region that a function, or a service for one of its resources, calls from."""
    arn = principal.function_arn or principal.source_arn
    parts = arn.split(":") if arn else []
    return parts[3] if len(parts) > 3 and parts[3] else None


def subnet_of(call: Call) -> str | None:
    """The subnet that a call comes from: one of the function's, the same for each sandbox."""
    subnets = call.principal.subnet_ids
    if not subnets or call.request.presigned:
        return None
    key = access_key_of(call.request) or ""  # every sandbox has its own
    return subnets[zlib.crc32(key.encode()) % len(subnets)]
