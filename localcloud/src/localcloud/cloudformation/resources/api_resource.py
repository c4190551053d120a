"""Resource types as rows of a table: which API calls create, change, describe and delete them.

Which properties a call takes is read from its input shape, see api_values.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import jmespath  # type: ignore[import-untyped]  # ships no types
from botocore.exceptions import ClientError

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.api_values import (
    api_value,
    input_shape,
    member_of,
    tag_map,
)
from localcloud.cloudformation.resources.context import (
    NO_NAMES,
    Properties,
    ResourceContext,
    error_code,
    ignore_missing,
    names,
)
from localcloud.cloudformation.resources.provider import ResourceProvider, expand
from localcloud.gateway.errors import not_emulated

PlannedCall = tuple[str, Properties]


@dataclass(frozen=True)
class Calls:
    """The calls for a type. ``lookup`` finds what exists already, for services whose create call
    would take that over without an error; ``lookup_path`` is what is not empty then.
    """

    create: str
    delete: str
    describe: str = ""
    lookup: str = ""
    lookup_path: str = "@"


@dataclass(frozen=True)
class Update:
    """A call that sets some properties: unless listed, those that are members of its input.

    A ``put_…`` call is given all of them, because it replaces what was there; another call what
    it requires and what has changed. ``sends_all``: it is given all, and is not made at creation,
    because the create call takes the same in another form.
    """

    operation: str
    properties: str = ""
    # What a property that was dropped goes back to; None if there is nothing to set.
    defaults: Properties = field(default_factory=dict)
    remove: str = ""  # the call for properties that are dropped, false or empty
    sends_all: bool = False
    params: Properties = field(default_factory=dict)


@dataclass(frozen=True)
class Tagging:
    """The calls that tag and untag; ``member`` is how they name the resource, by ``identifier``."""

    member: str
    identifier: str = "{id}"
    tag: str = "tag_resource"
    untag: str = "untag_resource"
    params: Properties = field(default_factory=dict)
    property: str = "Tags"


@dataclass(frozen=True, kw_only=True)
class ApiResource(ResourceProvider):
    """A row of the table. Texts in params and identifiers are templates, see ``expand``.

    ``key`` is the member, in singular or plural, by which calls name the resource. The physical
    id is that member of the create call's answer, or else of its input, unless ``id_path`` tells.
    """

    service: str
    client_region: str | None = None  # where the service answers, if not in every Region
    key: str = ""
    id_path: str = ""
    named_by: str = ""  # the property that has or gets a name, if that is not unique_name
    name_limit: int = 255
    lookup_id: str = "{id}"
    renamed: Mapping[str, str] = field(default_factory=dict)  # property → member, at any depth
    calls: Calls
    create_params: Properties = field(default_factory=dict)
    delete_params: Properties = field(default_factory=dict)
    missing: str  # error codes of a resource that does not exist
    updates: tuple[Update, ...] = ()
    # Properties that need none of these calls: set_children sets them, or they count later.
    also_changeable: frozenset[str] = NO_NAMES
    tagging: Tagging | None = None
    described: str = ""  # where the answer of ``describe`` has attributes
    ready: str = ""  # an expression on that answer, true once the resource can be used

    # What a type with peculiarities overrides

    def client(self, context: ResourceContext) -> Any:
        return context.client(self.service, self.client_region)

    def api_properties(self, context: ResourceContext) -> Properties:
        """The properties as members of the API, where names and shapes are not enough."""
        return context.properties

    def generate_name(self, context: ResourceContext) -> str:
        return context.generate_name(self.name_limit)

    def identify(self, context: ResourceContext, params: Properties, answer: Properties) -> str:
        """The physical id of what was created."""
        path = self.id_path or (self.key and f"{self.key} || (*.{self.key} | [0])")
        identifier = jmespath.search(path, answer) if path else None
        return str(identifier or params.get(self.key) or self.generate_name(context))

    def await_ready(self, context: ResourceContext) -> None:
        """Wait until the resource can be used, after creation and after every update."""
        if self.ready:
            context.wait(
                lambda: bool(jmespath.search(self.ready, self.describe(context) or {})),
                context.physical_id,
            )

    def set_children(self, context: ResourceContext) -> None:
        """Set what has calls of its own, after creation and in every update."""

    # The operations of a provider

    def create(self, context: ResourceContext) -> None:
        client, properties = self.client(context), {**self.api_properties(context)}
        if name := self.unique_name or self.named_by:
            properties.setdefault(name, self.generate_name(context))
            self._refuse_existing(context, properties, properties[name])
        params = self.params(context, self.calls.create, properties, self.create_params)
        answer = getattr(client, self.calls.create)(**params)
        context.created(self.identify(context, params, answer))
        self.await_ready(context)
        created = self._settable(client, self.calls.create)
        present = {key for key, value in context.properties.items() if not _is_unset(value)}
        for update in self.updates:
            if update.sends_all:
                continue
            if later := (self._properties(client, update) - created) & present:
                self._call(context, *self._plan(context, update, later))
        self.set_children(context)
        if "Tags" not in created:
            self._retag(context)

    def read_attributes(self, context: ResourceContext) -> Properties:
        described = (
            jmespath.search(self.described, self.describe(context)) if self.described else {}
        )
        texts = {k: str(v) if isinstance(v, datetime) else v for k, v in described.items()}
        return {self.key: context.physical_id, **texts, **super().read_attributes(context)}

    def update(self, context: ResourceContext) -> None:
        client, refused = self.client(context), context.changes() - self.ignored
        refused -= self.also_changeable
        calls = []
        for update in self.updates:
            properties = self._properties(client, update)
            if changed := properties & context.changes():
                calls.append(self._plan(context, update, changed))
            refused -= properties
        self.refuse(refused - ({self.tagging.property} if self.tagging else set()))
        for call in calls:
            self._call(context, *call)
        self.set_children(context)
        self._retag(context)

    def delete(self, context: ResourceContext) -> None:
        params = self.params(context, self.calls.delete, context.properties, self.delete_params)
        ignore_missing(
            getattr(self.client(context), self.calls.delete), *self.missing.split(), **params
        )

    def describe(self, context: ResourceContext) -> Properties | None:
        """The answer of ``described_by``; None if the resource does not exist."""
        params = self.params(context, self.calls.describe, context.properties)
        try:
            answer: Properties = getattr(self.client(context), self.calls.describe)(**params)
        except ClientError as error:
            if error_code(error) not in self.missing.split():
                raise
            return None
        return answer

    # What calls are given

    def params(
        self,
        context: ResourceContext,
        operation: str,
        properties: Properties,
        fixed: Properties | None = None,
    ) -> Properties:
        """The members of a call: the physical id, those properties that it takes, and ``fixed``."""
        shape = input_shape(self.client(context), operation)
        expanded = {
            name: expand(value, context) if isinstance(value, str) else value
            for name, value in (fixed or {}).items()
        }
        keys = {self.key, f"{self.key}s"} if context.physical_id else set()
        identified = dict.fromkeys(keys & shape.members.keys(), context.physical_id)
        values = {**properties, **identified, **expanded}
        params = {}
        for name, value in values.items():
            member = member_of(shape, name, self.renamed)
            if member and not (name == "Tags" and not value):
                params[member] = api_value(shape.members[member], value, self.renamed)
        return params

    def _settable(self, client: Any, operation: str) -> set[str]:
        """The properties that are members of an operation's input."""
        shape = input_shape(client, operation)
        names = {*self.supported, "TagSpecifications"}
        members = {name for name in names if member_of(shape, name, self.renamed)}
        return members | ({"Tags"} if "TagSpecifications" in members else set())

    def _properties(self, client: Any, update: Update) -> Set[str]:
        """The properties that an update sets; tags have calls of their own."""
        tags = {self.tagging.property} if self.tagging else set()
        return names(update.properties) or self._settable(client, update.operation) - tags

    def _plan(self, context: ResourceContext, update: Update, changed: Set[str]) -> PlannedCall:
        """The call for an update of ``changed``; refused if a property cannot be removed."""
        properties = self.api_properties(context)
        if update.remove and all(_is_unset(properties.get(name)) for name in changed):
            return update.remove, self.params(context, update.remove, {})
        shape = input_shape(self.client(context), update.operation)
        dropped = changed - context.properties.keys()
        defaults = {name: value for name, value in update.defaults.items() if name in dropped}
        values = {k: v for k, v in {**defaults, **properties}.items() if v is not None}
        if self.tagging:
            values.pop(self.tagging.property, None)
        if not update.sends_all and not _replaces(update):
            members = {name: member_of(shape, name, self.renamed) for name in values}
            required = {name for name in values if members[name] in shape.required_members}
            values = {name: values[name] for name in values.keys() & (changed | required)}
        params = self.params(context, update.operation, values, update.params)
        for name in sorted(dropped - update.defaults.keys()):
            member = member_of(shape, name, self.renamed)
            if member and member not in params and not _replaces(update):
                raise not_emulated(f"removing {name} of {self.type}")
        return update.operation, params

    def _call(self, context: ResourceContext, operation: str, params: Properties) -> None:
        getattr(self.client(context), operation)(**params)
        self.await_ready(context)

    def _retag(self, context: ResourceContext) -> None:
        if self.tagging is None:
            return
        before = tag_map(context.previous.get(self.tagging.property))
        after = tag_map(context.properties.get(self.tagging.property))
        if removed := [key for key in before if key not in after]:
            self._tag(context, self.tagging, self.tagging.untag, "keys", removed)
        if after and after != before:
            self._tag(context, self.tagging, self.tagging.tag, "tags", after)

    def _tag(
        self, context: ResourceContext, tagging: Tagging, operation: str, ending: str, tags: Any
    ) -> None:
        """Tag or untag. The member for tags is found by its ending, or is Tags as in EC2."""
        client = self.client(context)
        members = input_shape(client, operation).members
        found = next((name for name in members if name.lower().endswith(ending)), "Tags")
        fixed = {tagging.member: tagging.identifier, **tagging.params, found: tags}
        getattr(client, operation)(**self.params(context, operation, {}, fixed))

    def _refuse_existing(self, context: ResourceContext, properties: Properties, name: str) -> None:
        """AWS's handlers fail with AlreadyExists where the create call would not.

        https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract.html
        """
        if not self.calls.lookup:
            return
        candidate = replace(context, physical_id=name)
        candidate.physical_id = expand(self.lookup_id, candidate)
        params = self.params(candidate, self.calls.lookup, properties)
        try:
            answer = getattr(self.client(context), self.calls.lookup)(**params)
        except ClientError:
            return
        if jmespath.search(self.calls.lookup_path, answer):
            raise ResourceFailure(
                f"Resource handler returned message: \"Resource of type '{self.type}' with "
                f"identifier '{candidate.physical_id}' already exists.\" "
                "(HandlerErrorCode: AlreadyExists)"
            )


def _is_unset(value: Any) -> bool:
    return value is None or value is False or value == []


def _replaces(update: Update) -> bool:
    return update.operation.startswith("put_")
