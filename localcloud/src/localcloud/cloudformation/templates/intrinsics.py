"""Evaluates intrinsic functions; a ``Scope`` tells what names stand for."""

import base64
import ipaddress
import re
from collections.abc import Callable
from typing import Any, Protocol

from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.templates.arguments import VARIABLE, check_argument
from localcloud.cloudformation.templates.template import text_of
from localcloud.gateway.errors import not_emulated
from localcloud.regions import regions

NO_VALUE = object()
_EXTENSIONS = ("Fn::Length", "Fn::ToJsonString")  # of AWS::LanguageExtensions, not emulated
_LITERAL = re.compile(r"\$\{!([^{}]*)\}")


class Scope(Protocol):
    """What names stand for while a template is evaluated."""

    def ref(self, name: str) -> Any: ...
    def get_att(self, logical_id: str, attribute: str) -> Any: ...
    def condition(self, name: str) -> bool: ...
    def find_in_map(self, name: str, key: str, second: str) -> Any: ...
    def zones(self, region: str) -> list[str]: ...


class Evaluator:
    """Replaces intrinsic functions by their values, and drops members that are AWS::NoValue."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": lambda name: scope.ref(str(name)),
            "Condition": lambda name: scope.condition(str(name)),
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::If": self._if,
            "Fn::FindInMap": self._find_in_map,
            "Fn::ImportValue": _import_value,
            "Fn::Base64": self._base64,
            "Fn::Cidr": self._cidr,
            "Fn::GetAZs": self._zones,
            "Fn::And": lambda terms: all(list(map(self._truth, terms))),
            "Fn::Or": lambda terms: any(list(map(self._truth, terms))),
            "Fn::Not": lambda terms: not self._truth(terms[0]),
            "Fn::Equals": self._equals,
        }

    def _base64(self, node: Any) -> str:
        value = self._value(node)
        _check_value("Fn::Base64", value, str, int, float)
        return base64.b64encode(text_of(value).encode()).decode()

    def evaluate(self, node: Any) -> Any:
        value = self._value(node)
        return None if value is NO_VALUE else value

    def function_of(self, node: Any) -> str | None:
        """The name of the function that ``node`` calls, if it does."""
        if isinstance(node, dict) and len(node) == 1:
            name = next(iter(node))
            # A Condition that is no name is that of a policy.
            if name in self._functions and (name != "Condition" or isinstance(node[name], str)):
                return str(name)
            if name in _EXTENSIONS:
                raise validation_error(
                    f"Template error: {name} is not supported without its transform"
                )
            if isinstance(name, str) and name.lower().startswith("fn::"):
                supported = ", ".join(self._functions)
                raise validation_error(
                    f"Template Error: Encountered unsupported function: {name} Supported "
                    f"functions are: [{supported}]"
                )
        return None

    def call(self, name: str, argument: Any) -> Any:
        check_argument(name, argument)
        return self._functions[name](argument)

    def _value(self, node: Any) -> Any:
        if (name := self.function_of(node)) is not None:
            return self.call(name, node[name])
        if isinstance(node, dict):
            pairs = ((key, self._value(value)) for key, value in node.items())
            return {key: value for key, value in pairs if value is not NO_VALUE}
        if isinstance(node, list):
            return [value for item in node if (value := self._value(item)) is not NO_VALUE]
        return _without_references(node) if isinstance(node, str) else node

    def _truth(self, node: Any) -> bool:
        value = self._value(node)
        if isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return bool(value == "true")
        raise validation_error("Template error: every Fn::If, And, Or, Not needs a condition")

    def _get_att(self, argument: Any) -> Any:
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        attribute = ".".join(str(self._value(part)) for part in parts[1:])
        return self._scope.get_att(str(self._value(parts[0])), attribute)

    def _sub(self, argument: Any) -> str:
        text, own = argument if isinstance(argument, list) else (argument, {})
        _without_references(text)
        values = {key: self._value(value) for key, value in own.items()}

        def replace(match: re.Match[str]) -> str:
            name = match[1].strip()
            if name in values:
                value = values[name]
            elif "." in name:
                value = self._scope.get_att(*name.split(".", 1))
            else:
                value = self._scope.ref(name)
            return ",".join(map(text_of, value)) if isinstance(value, list) else text_of(value)

        return _LITERAL.sub(r"${\1}", VARIABLE.sub(replace, text))

    def _join(self, argument: Any) -> str:
        delimiter, items = argument[0], self._value(argument[1])
        _check_value("Fn::Join", items, list)
        return text_of(delimiter).join(map(text_of, items))

    def _select(self, argument: Any) -> Any:
        number, items = self._value(argument[0]), self._value(argument[1])
        _check_value("Fn::Select", items, list)
        index = _whole_number(number, "Fn::Select requires a list argument with a valid index")
        if not 0 <= index < len(items):
            raise validation_error(
                f"Template error: Fn::Select cannot select nonexistent value at index {index}"
            )
        return items[index]

    def _split(self, argument: Any) -> list[str]:
        text = self._value(argument[1])
        _check_value("Fn::Split", text, str, int, float)
        return text_of(text).split(str(argument[0]))

    def _if(self, argument: Any) -> Any:
        name, then, otherwise = argument
        return self._value(then if self._scope.condition(str(name)) else otherwise)

    def _find_in_map(self, argument: Any) -> Any:
        keys = [text_of(self._value(part)) for part in argument]
        try:
            return self._value(self._scope.find_in_map(*keys))
        except LookupError as error:
            raise validation_error(
                f"Template error: Unable to get mapping for {'::'.join(keys)}"
            ) from error

    def _cidr(self, argument: Any) -> list[str]:
        block, *numbers = (self._value(part) for part in argument)
        count, *bits = (_whole_number(item, "Fn::Cidr requires numbers") for item in numbers)
        try:
            network = ipaddress.ip_network(str(block))
            suffix = bits[0] if bits else 8 if network.version == 4 else 64
            subnets = network.subnets(new_prefix=network.max_prefixlen - suffix)
            return [str(subnet) for subnet, _ in zip(subnets, range(count), strict=False)]
        except ValueError as error:
            raise validation_error(f"Template error: Fn::Cidr: {error}") from error

    def _zones(self, argument: Any) -> list[str]:
        region = str(self._value(argument) or "")
        if region and region not in regions():
            raise validation_error(f"Template error: Fn::GetAZs: there is no Region {region}")
        return self._scope.zones(region)

    def _equals(self, argument: Any) -> bool:
        left, right = (self._value(part) for part in argument)
        if isinstance(left, (list, dict)) or isinstance(right, (list, dict)):
            return bool(left == right)
        return text_of(left) == text_of(right)


def _import_value(_: Any) -> Any:
    raise not_emulated("Fn::ImportValue")


def _without_references(text: str) -> str:
    if "{{resolve:" in text:
        raise not_emulated("dynamic references ({{resolve:…}})")
    return text


def _whole_number(value: Any, requirement: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise validation_error(f"Template error: {requirement}, not {value}") from error


def _check_value(function: str, value: Any, *kinds: type) -> None:
    """Refuse an evaluated argument of another kind, in the words for a malformed one."""
    if not isinstance(value, kinds):
        check_argument(function, None)
