"""Calls to a deployed API: execute-api:Invoke on stage, method and path.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples-for-api-execution.html
"""

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.model import Permission, Unmapped


def required_permissions(call: Call, account: str) -> list[Permission]:
    request = call.request
    api_id, _, domain = request.host.partition(".")
    if not domain.startswith("execute-api."):
        raise Unmapped(f"an API by the host {request.host}")
    stage, _, path = request.parts.path.lstrip("/").partition("/")
    resource = f"{api_id}/{stage}/{request.method.upper()}/{path}"
    arn = f"arn:aws:execute-api:{call.region}:{account}:{resource}"
    return [Permission("execute-api:Invoke", arn)]
