"""What every kind of resource can do, and what it is given to do it with."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.cloudformation.errors import CreationTimedOut, ResourceFailure
from localcloud.cloudformation.resources import schemas
from localcloud.gateway.errors import not_emulated
from localcloud.gateway.principals import Principal

Props = dict[str, Any]
_ALPHABET = string.ascii_uppercase + string.digits


@dataclass
class Site:
    """Where a resource is being made: by whom, for which stack, under which name in the
    template.
    """

    cloud: Cloud
    region: str
    principal: Principal
    stack_id: str
    stack_name: str
    logical_id: str
    on_created: Callable[[str], None] = lambda _: None
    deadline: float | None = None  # when the stack's creation is given up, epoch seconds
    skip: frozenset[str] = frozenset()  # what a nested stack's roll-back leaves as it is

    @property
    def account_id(self) -> str:
        return self.cloud.settings.account_id

    def client(self, service: str, region: str | None = None) -> Any:
        """A client that calls as the deployer."""
        return self.cloud.clients.client(service, region or self.region, self.principal)

    def created(self, physical_id: str) -> str:
        """To be called once the resource exists, so that a later failure rolls it back."""
        self.on_created(physical_id)
        return physical_id

    def name(self, limit: int = 255, lower: bool = False) -> str:
        """A generated name as AWS makes them, ``<stack>-<logical id>-<12 random>``,
        shortened to ``limit``.
        """
        ending = "".join(secrets.choice(_ALPHABET) for _ in range(12))
        room = limit - len(ending) - 2
        stack, logical = self.stack_name, self.logical_id
        if len(stack) + len(logical) > room:
            logical = logical[: max(room // 2, room - len(stack))]
            stack = stack[: room - len(logical)]
        made = f"{stack}-{logical}-{ending}"
        return made.lower() if lower else made

    def must_be_new(self, identifier: str, look: Callable[..., Any], **params: Any) -> None:
        """Refuse what exists already, for services whose create call would quietly take it over.

        ``look`` raises ClientError or answers with something empty if it does not exist.
        AWS's handlers do the same: "create" of what exists fails with AlreadyExists.
        https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract.html
        """
        try:
            if not look(**params):
                return
        except ClientError:
            return
        raise ResourceFailure(
            f'Resource handler returned message: "{identifier} already exists" '
            "(HandlerErrorCode: AlreadyExists)"
        )

    def wait(self, done: Callable[[], bool], what: str, attempts: int = 240) -> None:
        """Ask until ``done``; the pause between is AWS time."""
        for _ in range(attempts):
            if done():
                return
            if self.deadline is not None and self.cloud.clock.now() > self.deadline:
                raise CreationTimedOut
            self.cloud.clock.sleep(1.0)
        raise ResourceFailure(f"{what} did not stabilize.")


class ResourceType:
    """Subclass for one type.

    ``consumes`` are the properties handed on; ``harmless`` those without effect here.
    """

    type: ClassVar[str]
    consumes: ClassVar[frozenset[str]]
    harmless: ClassVar[frozenset[str]] = frozenset()
    tags_as_map: ClassVar[bool] = False  # Tags are a map, not a list of Key and Value
    # The property that names it, so that no two of a name can be there at once.
    named_by: ClassVar[str | None] = None

    def check(self, region: str, properties: Props) -> None:
        """Refuse what would silently be lost.

        A property that is nothing to us must be listed as harmless. One that AWS does not know
        either is left to the schema's judgement (validation.py).
        """
        lost = sorted(set(properties) - self.consumes - self.harmless)
        if known := [name for name in lost if schemas.has_property(region, self.type, name)]:
            raise not_emulated(f"the property {known[0]} of {self.type}")

    def replaced_by(self, region: str, old: Props, new: Props) -> list[str]:
        """Properties whose change needs another resource in place of this one."""
        perhaps = schemas.perhaps_replaced_by(region, self.type, old, new)
        return schemas.replaced_by(region, self.type, old, new) + perhaps

    def create(self, site: Site, props: Props) -> str:
        """Make it; returns the physical id, which is what Ref gives."""
        raise NotImplementedError

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002 - for overriding
        """What GetAtt gives, by attribute."""
        return {}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> str | None:  # noqa: ARG002
        """Change it in place; returns a new physical id if the change made another.

        What is not emulated is refused before anything is changed.
        """
        if changed := sorted(key for key in {*old, *new} if old.get(key) != new.get(key)):
            raise not_emulated(f"changing {', '.join(changed)} of {self.type}")
        return None

    def restore(self, site: Site, physical_id: str, wanted: Props, old: Props) -> str | None:
        """Take back an update to ``wanted``, which may have failed half-way."""
        return self.update(site, physical_id, wanted, old)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:
        """Remove it; what is gone already is as good."""
        raise NotImplementedError


def names(text: str) -> frozenset[str]:
    """A set of property names, written as words."""
    return frozenset(text.split())


def changed(old: Props, new: Props, *keys: str) -> bool:
    return any(old.get(key) != new.get(key) for key in keys)


def given(props: Props, *keys: str) -> Props:
    """The members of ``props`` named ``keys`` that are there."""
    return {key: props[key] for key in keys if key in props}


def tag_changes(old: Props, new: Props) -> tuple[list[str], dict[str, str]]:
    """Keys of the tags that went, and the tags that there are now."""
    kept = {item["Key"]: item["Value"] for item in new.get("Tags", [])}
    return [item["Key"] for item in old.get("Tags", []) if item["Key"] not in kept], kept


def lower_first(value: Any) -> Any:
    """Member names in lowerCamelCase, as several APIs want them, at every depth."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: lower_first(item) for key, item in value.items()}
    if isinstance(value, list):
        return [lower_first(item) for item in value]
    return value


def gone(call: Callable[..., Any], *codes: str, **params: Any) -> None:
    """Call a delete operation; an answer with one of ``codes`` means it is gone already."""
    try:
        call(**params)
    except ClientError as error:
        if error.response["Error"]["Code"] not in codes:
            raise
