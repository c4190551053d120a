"""Serializes a result or an error in the protocol of the call."""

import json
import re
import warnings
from typing import Any

from moto.core.serialize import get_serializer_class

from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.protocols import any_operation
from localcloud.identifiers import request_id

# AWS answers with error names that botocore's models do not list; moto would warn of each.
warnings.filterwarnings("ignore", message=".*does not match an error shape")

# Characters that no document may have: https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def serialize(call: Call, result: Any) -> Response:
    """``result`` is a dict of the operation's output members, or an error."""
    operation = call.operation or any_operation(call.service)
    if operation is None:
        return _error_without_model(result)
    serializer = get_serializer_class(call.service, call.protocol)(operation)
    answer = serializer.serialize(result)
    headers = {key: str(value) for key, value in answer["headers"].items()}
    headers.setdefault("x-amzn-requestid", request_id())
    body = "" if call.request.method == "HEAD" else answer["body"]
    if isinstance(body, str):
        body = _NO_XML.sub("\ufffd", body)  # JSON has escaped them
    status = getattr(result, "status", None) or answer["status_code"]
    return Response(int(status), headers, body.encode() if isinstance(body, str) else body)


def _error_without_model(error: ApiError) -> Response:
    # At a deployed API only IAM's refusal has a capital M.
    is_iam = error.code == "AccessDeniedException"
    body = {"Message" if is_iam else "message": error.message}
    headers = {"content-type": "application/json", "x-amzn-ErrorType": error.code}
    return Response(error.status or 400, headers, json.dumps(body).encode())
