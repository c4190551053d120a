"""What a resource provider is given: one resource of a stack, and clients to make it with."""

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self

from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.cloudformation.errors import ResourceFailure
from localcloud.gateway.principals import Principal

Properties = dict[str, Any]
NO_NAMES: frozenset[str] = frozenset()
_ALPHABET = string.ascii_uppercase + string.digits


@dataclass
class ResourceContext:
    """One resource while it is created, updated or deleted.

    ``properties`` are those of the template, ``previous`` those before an update.
    """

    cloud: Cloud
    region: str
    principal: Principal
    stack_id: str
    stack_name: str
    logical_id: str
    properties: Properties
    previous: Properties = field(default_factory=dict)
    physical_id: str = ""
    report_created: Callable[[], None] = lambda: None

    def client(self, service: str, region: str | None = None) -> Any:
        """A client that calls as the deployer."""
        return self.cloud.clients.client(service, region or self.region, self.principal)

    def created(self, physical_id: str) -> None:
        """Note the physical id as soon as there is one, so that a later failure rolls it back."""
        self.physical_id = physical_id
        self.report_created()

    def changed(self, *names: str) -> bool:
        """Whether one of these properties differs from what it was."""
        return any(self.previous.get(name) != self.properties.get(name) for name in names)

    def changes(self) -> set[str]:
        """Names of the properties that differ from what they were."""
        return {name for name in {*self.previous, *self.properties} if self.changed(name)}

    def difference(self, name: str) -> tuple[list[Any], list[Any]]:
        """The items that were removed from a list property, and those that were added."""
        before, after = self.previous.get(name, []), self.properties.get(name, [])
        added = [item for item in after if item not in before]
        return [item for item in before if item not in after], added

    def emptied(self) -> Self:
        """The resource while all its properties are removed."""
        return replace(self, previous=self.properties, properties={})

    def generate_name(self, limit: int = 255, lower: bool = False) -> str:
        """A name as AWS generates it, ``<stack>-<logical id>-<12 random>``, within ``limit``."""
        ending = random_suffix()
        room = limit - len(ending) - 2
        stack, logical = self.stack_name, self.logical_id
        if len(stack) + len(logical) > room:
            logical = logical[: max(room // 2, room - len(stack))]
            stack = stack[: room - len(logical)]
        name = f"{stack}-{logical}-{ending}"
        return name.lower() if lower else name

    def wait(self, condition: Callable[[], bool], subject: str, attempts: int = 240) -> None:
        """Wait until ``condition``, asking once in a second of AWS time."""
        for _ in range(attempts):
            if condition():
                return
            self.cloud.clock.sleep(1.0)
        raise ResourceFailure(f"{subject} did not stabilize.")


def random_suffix() -> str:
    """Twelve capitals and digits, with which AWS makes names unique."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


def names(text: str) -> frozenset[str]:
    """A set of property names, written as words."""
    return frozenset(text.split())


def pick(values: Properties, *keys: str) -> Properties:
    """The members of ``values`` named ``keys``, where they exist."""
    return {key: values[key] for key in keys if key in values}


def error_code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def ignore_missing(call: Callable[..., Any], *codes: str, **params: Any) -> None:
    """Call a delete operation; an error with one of ``codes`` means that it is deleted already."""
    try:
        call(**params)
    except ClientError as error:
        if error_code(error) not in codes:
            raise
