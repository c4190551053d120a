"""A template's values as the input shapes of an API want them.

CloudFormation and the services spell the same things differently: ``RoleArn`` and ``roleArn``, a
policy as an object and as text, tags as a list and as a map. botocore's models tell what is wanted.
"""

import json
from collections.abc import Mapping
from typing import Any

from botocore.model import Shape

from localcloud.cloudformation.templates.template import text_of

Renamed = Mapping[str, str]  # a property → the member of the API, at any depth


def input_shape(client: Any, operation: str) -> Any:
    """The shape of an operation's input; ``operation`` is spelled as the client's method."""
    name = client.meta.method_to_api_mapping[operation]
    return client.meta.service_model.operation_model(name).input_shape


def member_of(shape: Any, name: str, renamed: Renamed) -> str | None:
    """The member that a property is for; case does not matter."""
    if renamed.get(name) in shape.members:
        return renamed[name]
    return next((member for member in shape.members if member.lower() == name.lower()), None)


def api_value(shape: Shape | Any, value: Any, renamed: Renamed) -> Any:
    """``value`` as ``shape``. What does not fit is left as it is, for botocore to refuse."""
    convert = _BY_TYPE.get(shape.type_name)
    return convert(shape, value, renamed) if convert else value


def _structure(shape: Any, value: Any, renamed: Renamed) -> Any:
    if not isinstance(value, dict):  # as in {"Value": true}: a structure of one member
        first = next(iter(shape.members))
        return {first: api_value(shape.members[first], value, renamed)}
    result = {}
    for name, item in value.items():
        member = member_of(shape, name, renamed)
        result[member or name] = api_value(shape.members[member], item, renamed) if member else item
    return result


def _list(shape: Any, value: Any, renamed: Renamed) -> Any:
    if isinstance(value, dict):  # a map of tags
        value = [{"Key": key, "Value": item} for key, item in value.items()]
    items = value if isinstance(value, list) else [value]
    return [api_value(shape.member, item, renamed) for item in items]


def _map_member(shape: Any, value: Any, renamed: Renamed) -> Any:
    pairs = tag_map(value) if isinstance(value, list) else value
    return {key: api_value(shape.value, item, renamed) for key, item in pairs.items()}


def _string(_: Any, value: Any, __: Renamed) -> Any:
    if isinstance(value, dict):
        return json.dumps(value)
    return text_of(value) if isinstance(value, (bool, int, float)) else value


def _integer(_: Any, value: Any, __: Renamed) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


_BY_TYPE = {
    "structure": _structure,
    "list": _list,
    "map": _map_member,
    "string": _string,
    "integer": _integer,
    "long": _integer,
}


def tag_map(tags: Any) -> dict[str, Any]:
    """Tags by their keys, from a list of Key and Value or from a map."""
    if isinstance(tags, dict):
        return dict(tags)
    return {item["Key"]: item["Value"] for item in tags or []}
