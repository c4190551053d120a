"""Reads the parameters of a call as strictly as AWS does: a wrong type is the caller's error."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn
from urllib.parse import unquote

from moto.core.model import OperationModel
from moto.core.parse import (
    PROTOCOL_PARSERS,
    UNDEFINED,
    JSONParser,
    QueryParser,
    RequestParserError,
    RestJSONParser,
)
from moto.core.request import Request as MotoRequest
from werkzeug.datastructures import Headers, MultiDict

from localcloud.gateway.errors import MALFORMED_XML, ApiError
from localcloud.gateway.http import Request

# The error of an input that cannot be read. Route 53 and S3 have names of their own.
# https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
_CODES = {
    "json": "SerializationException",
    "rest-json": "SerializationException",
    "query": "MalformedInput",
    "ec2": "InvalidParameterValue",
    "rest-xml": "MalformedXML",
}
_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "character": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "timestamp": (str, int, float),
}
_NUMBERS = (int, float)


class Input(NamedTuple):
    """What moto's parsers read of a request."""

    method: str
    values: MultiDict[str, str]
    headers: Mapping[str, str] | Headers
    body: bytes
    url_path: str


def moto_input(request: MotoRequest) -> Input:
    return Input(request.method, request.values, request.headers, request.data, request.path)


def plain_input(request: Request) -> Input:
    """The same of a call in a protocol of JSON: making moto's request of it takes far longer."""
    path = unquote(request.parts.path)
    return Input(request.method, MultiDict(request.query), request.headers, request.body, path)


def parameters(
    operation: OperationModel, protocol: str, content: Input, path_params: dict[str, Any]
) -> dict[str, Any]:
    """The operation's input. Raises AWS's error if it does not have the model's types."""
    parser = _PARSERS[protocol](operation)
    try:
        request: Any = {**content._asdict(), "url_params": path_params}
        parsed = parser.parse(request)
    except Exception as error:
        # The parser reads nothing but the request, so that the request is what is wrong.
        service = operation.service_model.service_name
        code = "InvalidInput" if service == "route53" else _CODES[protocol]
        message = str(error) if isinstance(error, RequestParserError) else "The input is malformed."
        if service == "s3":  # without a body it is a header, or a part of the URL
            code, message = MALFORMED_XML if content.body else ("InvalidArgument", message)
        raise ApiError(code, message, 400) from error
    return dict(parsed or {})


class _Strict:
    """Refuses values of JSON that moto's parser would convert, or fail on."""

    _in_body = False

    def _parse_body_as_json(self, body: bytes) -> Any:
        self._in_body = True
        # Of bytes json would guess the encoding; what comes after takes UTF-8 only.
        content = json.loads((body or b"{}").decode(), parse_constant=_refuse_constant)
        if not isinstance(content, dict):
            raise RequestParserError("Start of structure or map expected.")
        return content

    def _parse_shape(self, shape: Any, node: Any) -> Any:
        if self._in_body:
            if node is None:
                return None
            _check_type(shape.type_name, node)
        return super()._parse_shape(shape, node)  # type: ignore[misc]  # moto's parsers have it


class _StrictJson(_Strict, JSONParser):
    pass


class _StrictRestJson(_Strict, RestJSONParser):
    pass


class _StrictQuery(QueryParser):
    def _parse_map(self, shape: Any, query_params: Any, prefix: str = "") -> Any:
        entries = super()._parse_map(shape, query_params, prefix)  # type: ignore[no-untyped-call]  # moto's is untyped
        if entries is UNDEFINED:
            return entries
        return {key: None if item is UNDEFINED else item for key, item in entries.items()}


_PARSERS = {
    **PROTOCOL_PARSERS,
    "json": _StrictJson,
    "rest-json": _StrictRestJson,
    "query": _StrictQuery,
}


# https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#shape-serialization
_NO_NUMBERS = ("NaN", "Infinity", "-Infinity")


def _check_type(type_name: str, node: Any) -> None:
    """The messages are those of AWS's services of the JSON protocols."""
    expected = _TYPES.get(type_name, _NUMBERS)
    if type_name in ("float", "double") and node in _NO_NUMBERS:
        return
    if isinstance(node, expected) and (expected == (bool,) or not isinstance(node, bool)):
        return
    if isinstance(node, dict):
        raise RequestParserError("Start of structure or map found where not expected.")
    if isinstance(node, list):
        raise RequestParserError("Start of list found where not expected")
    kind = "STRING" if isinstance(node, str) else f"{node}".upper()
    kind = "NUMBER" if isinstance(node, _NUMBERS) and not isinstance(node, bool) else kind
    raise RequestParserError(f"{kind}_VALUE cannot be converted to {type_name.capitalize()}")


def _refuse_constant(name: str) -> NoReturn:
    raise RequestParserError(f"{name} is no JSON")
