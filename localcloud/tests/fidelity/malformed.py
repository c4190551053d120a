"""Calls that fit botocore's model of an operation in part, or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from botocore.awsrequest import HeadersDict
from botocore.serialize import create_serializer
from hypothesis import strategies as st
from moto.core.utils import get_service_model

from localcloud.gateway.http import Request
from localcloud.gateway.vouched import VOUCHED

REGION = "us-east-1"
ACCOUNT = "123456789012"
OPERATIONS = [(service, name) for service in sorted(VOUCHED) for name in sorted(VOUCHED[service])]
_DEPTH = 5
_LEAVES = ("", "a", "A b/ü", "x" * 300, "../..", "{", '{"Version": "2012-10-17"}', "[1]", "-1", "0",
           "2026-01-01", "null", "arn:aws:iam::123456789012:role/r", "arn:aws", "10.0.0.0/16",
           "a..b", "*", "{{x}}", "${x}", "%00", "\n", "=", "&", "vpc-1", "sg-1")  # fmt: skip
_WRONG: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 7, -1.5, "", "text", [], {}, [None], [[]], {"a": None}]
)
_GLOBAL_HOSTS = {"iam": "iam.amazonaws.com", "route53": "route53.amazonaws.com"}
_PREFIXED = {"s3control": f"{ACCOUNT}.", "route53-recovery-cluster": "1a2b3c4d."}


@dataclass(frozen=True)
class Resources:
    """Values of members, by name, that lead to resources that exist."""

    values: dict[str, list[str]]

    def of(self, member: str) -> list[str]:
        return self.values.get(member[:1].upper() + member[1:], [])


@st.composite
def calls(draw: Any, resources: Resources) -> tuple[str, str, Request]:
    """A service, an operation, and a request for it."""
    service, name = draw(st.sampled_from(OPERATIONS))
    return service, name, draw(requests(service, name, resources))


@st.composite
def requests(draw: Any, service: str, name: str, resources: Resources) -> Request:
    model = get_service_model(service)
    operation = model.operation_model(name)
    is_json = "json" in model.resolved_protocol
    shape = operation.input_shape
    params = draw(_Values(resources, is_json).of(shape)) if shape else {}
    params = params if isinstance(params, dict) else {}
    body = _json_body(operation, params) if is_json else None
    if is_json:  # botocore would not write what is to stand in the body
        params = {key: value for key, value in params.items() if isinstance(value, str)}
    params = {
        **_uri_params(shape, params),
        **({} if service != "s3control" else {"AccountId": ACCOUNT}),
    }
    protocol = model.resolved_protocol
    try:
        serialized = create_serializer(protocol, False).serialize_to_request(params, operation)
    except (TypeError, ValueError, AttributeError, KeyError, IndexError):
        serialized = create_serializer(protocol, False).serialize_to_request(
            _uri_params(shape, {}), operation
        )
    return _request(draw, service, model, serialized, body)


def _request(draw: Any, service: str, model: Any, serialized: dict[str, Any], body: Any) -> Request:
    content = serialized["body"] if body is None else body
    if isinstance(content, dict):
        content = urlencode(content)
    content = content.encode() if isinstance(content, str) else content or b""
    if draw(st.integers(0, 19)) == 0:
        content = draw(st.sampled_from([b"", b"{", b"null", b"[]", b"<a>", b"\xff", content[:-3]]))
    prefix = model.metadata["endpointPrefix"]
    host = _GLOBAL_HOSTS.get(service, f"{prefix}.{REGION}.amazonaws.com")
    query = serialized["query_string"]
    query = urlencode(query, doseq=True) if isinstance(query, dict) else query
    path = serialized["url_path"] + (
        ("&" if "?" in serialized["url_path"] else "?") + query if query else ""
    )
    headers = HeadersDict()
    for key, value in serialized["headers"].items():
        headers[key] = str(value)
    url = f"https://{_PREFIXED.get(service, '')}{host}{path}"
    return Request(serialized["method"], url, headers, content)


def _uri_params(shape: Any, params: dict[str, Any]) -> dict[str, Any]:
    """``params`` with a text for each member that stands in the path."""
    uri = {
        name: "x"
        for name, member in (shape.members if shape else {}).items()
        if member.serialization.get("location") == "uri"
    }
    return {**params, **{name: str(params.get(name) or "x") for name in uri}}


def _json_body(operation: Any, params: dict[str, Any]) -> str | None:
    shape = operation.input_shape
    if shape is None:
        return None
    if payload := shape.serialization.get("payload"):
        value = params.get(payload, "")
        return value if isinstance(value, str) else json.dumps(value, default=str)
    body = {
        shape.members[name].serialization.get("name", name) if name in shape.members else name: item
        for name, item in params.items()
        if name not in shape.members or "location" not in shape.members[name].serialization
    }
    return json.dumps(body, default=str)


class _Values:
    """Strategies for the values of shapes: most fit the model, some do not."""

    def __init__(self, resources: Resources, is_json: bool) -> None:
        self._resources = resources
        self._is_json = is_json

    def of(self, shape: Any, name: str = "", depth: int = _DEPTH) -> st.SearchStrategy[Any]:
        fitting = self._fitting(shape, name, depth)
        wrong = _WRONG if self._is_json else st.sampled_from(["", "text", "7", "-1", "x" * 300])
        if not self._is_json and shape.type_name in ("structure", "list", "map"):
            return fitting
        if depth == _DEPTH:
            return fitting
        return st.integers(0, 15).flatmap(lambda number: wrong if number == 0 else fitting)

    def _fitting(self, shape: Any, name: str, depth: int) -> st.SearchStrategy[Any]:
        kind = shape.type_name
        if kind == "structure":
            return self._structure(shape, depth)
        if kind == "list":
            item = self.of(shape.member, name.removesuffix("s"), depth - 1)
            return st.lists(item, max_size=2 if depth > 0 else 0)
        if kind == "map":
            return st.dictionaries(
                self._text(shape.key, name), self.of(shape.value, name, depth - 1), max_size=2
            )
        if kind in ("string", "character"):
            return self._text(shape, name)
        if kind == "boolean":
            return st.booleans() if self._is_json else st.sampled_from([True, False])
        if kind == "blob":
            return st.sampled_from(["YQ==", "", "*"])
        if kind == "timestamp":
            return st.sampled_from([0, 1767225600, -1, 10**15])
        if name == "WaitTimeSeconds":
            return st.just(0)
        return self._number(shape)

    def _structure(self, shape: Any, depth: int) -> st.SearchStrategy[Any]:
        if depth <= 0:
            return st.just({})
        members = {name: self.of(member, name, depth - 1) for name, member in shape.members.items()}
        required = {name: members[name] for name in shape.required_members}
        if getattr(shape, "is_tagged_union", False):
            return st.sampled_from(sorted(members)).flatmap(
                lambda name: st.fixed_dictionaries({name: members[name]})
            )
        whole = st.fixed_dictionaries(required)
        optional = {name: item for name, item in members.items() if name not in required}
        some = (
            st.lists(st.sampled_from(sorted(optional)), max_size=4, unique=True)
            if optional
            else st.just([])
        )

        def with_some(names: list[str]) -> st.SearchStrategy[Any]:
            return st.fixed_dictionaries({**required, **{name: optional[name] for name in names}})

        def without(number: int) -> st.SearchStrategy[Any]:
            if number or not required:
                return some.flatmap(with_some)
            left_out = sorted(required)[-1]
            return whole.map(lambda content: {k: v for k, v in content.items() if k != left_out})

        return st.integers(0, 15).flatmap(without)

    def _text(self, shape: Any, name: str) -> st.SearchStrategy[str]:
        known = self._resources.of(name)
        if enum := shape.metadata.get("enum"):
            return st.sampled_from([*enum, *enum, "Unknown"])
        texts = st.sampled_from(_LEAVES)
        return st.one_of(st.sampled_from(known), st.sampled_from(known), texts) if known else texts

    def _number(self, shape: Any) -> st.SearchStrategy[Any]:
        least, most = shape.metadata.get("min", 0), shape.metadata.get("max", 10)
        return st.sampled_from([least, most, least - 1, most + 1, 1, 5, 10**10])
