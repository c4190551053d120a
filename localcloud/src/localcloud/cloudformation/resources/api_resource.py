"""Resource types as rows of a table: which API calls create, change, describe and delete them.

Which properties a call takes is read from the shape of its input, see api_values.py.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import jmespath  # type: ignore[import-untyped]  # ships no types
from botocore.exceptions import ClientError

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.api_calls import Calls, Tagging, Update
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


@dataclass(frozen=True, kw_only=True)
class ApiResource(ResourceProvider):
    """A row of the table. Texts in params and identifiers are templates, see ``expand``.

    ``key``: the member, in singular or plural, by which calls name the resource. If the service
    makes the physical id, it is that member of the create call's answer, or at ``id_path`` there.
    Otherwise the physical id, and the key, is the property ``unique_name`` or ``named_by``.
    """

    service: str = ""  # unless it is called as in the type
    client_region: str | None = None  # where the service answers, if not in every Region
    calls: Calls
    missing: str = "ResourceNotFoundException"  # error codes of a resource that does not exist
    key: str = ""
    id_path: str = ""
    named_by: str = ""
    name_limit: int = 255  # of a generated name
    lookup_id: str = "{id}"
    renamed: Mapping[str, str] = field(default_factory=dict)  # property → member, at any depth
    create_params: Properties = field(default_factory=dict)
    delete_params: Properties = field(default_factory=dict)
    updates: tuple[Update, ...] = ()
    # Properties that need none of these calls: set_children sets them, or they count later.
    also_changeable: frozenset[str] = NO_NAMES
    tagging: Tagging | None = None
    described: str = ""  # where the answer of ``describe`` has attributes
    ready: str = ""  # an expression on that answer, true once the resource can be used

    # What a type with peculiarities overrides

    def client(self, context: ResourceContext) -> Any:
        service = self.service or self.type.split("::")[1].lower()
        return context.client(service, self.client_region)

    def api_properties(self, context: ResourceContext) -> Properties:
        """The properties as members of the API, where names and shapes are not enough."""
        return context.properties

    def generate_name(self, context: ResourceContext) -> str:
        return context.generate_name(self.name_limit)

    def identify(self, answer: Properties) -> str:
        """The physical id in the create call's answer; empty if it is the name."""
        path = self.id_path or (f"{self.key} || (*.{self.key} | [0])" if self.key else "")
        return jmespath.search(path, answer) or "" if path else ""

    def await_ready(self, context: ResourceContext) -> None:
        """Wait until the resource can be used, after creation and after every update."""
        if self.ready:
            context.wait(
                lambda: bool(jmespath.search(self.ready, self.describe(context))),
                context.physical_id,
            )

    def set_children(self, context: ResourceContext) -> None:
        """Set what has calls of its own, after creation and in every update."""

    # The operations of a provider

    def create(self, context: ResourceContext) -> None:
        properties = {**self.api_properties(context)}
        name = properties.setdefault(self._name_property, self.generate_name(context))
        self._refuse_existing(context, properties, name)
        params = self.params(context, self.calls.create, properties, self.create_params)
        answer = getattr(self.client(context), self.calls.create)(**params)
        context.created(self.identify(answer) or name)
        self.await_ready(context)
        created = self._members(context, self.calls.create)
        for update in self.updates:
            later = (self._properties(context, update) - created) & context.properties.keys()
            if later and not update.sends_all:
                operation, params = self._plan(context, update, later)
                if operation != update.remove:  # there is nothing to remove yet
                    self._call(context, operation, params)
        self.set_children(context)
        if "Tags" not in created:
            self._retag(context)

    def read_attributes(self, context: ResourceContext) -> Properties:
        attributes = {self.key: context.physical_id, **super().read_attributes(context)}
        if self.described:
            described = jmespath.search(self.described, self.describe(context)) or {}
            for name, value in described.items():
                attributes[name] = str(value) if isinstance(value, datetime) else value
        return attributes

    def update(self, context: ResourceContext) -> None:
        refused = context.changes() - self.ignored - self.also_changeable
        calls = []
        for update in self.updates:
            properties = self._properties(context, update)
            if changed := properties & context.changes():
                calls.append(self._plan(context, update, changed))
            refused -= properties
        self.refuse(refused - self._tag_names)
        for operation, params in calls:
            self._call(context, operation, params)
        self.set_children(context)
        self._retag(context)

    def delete(self, context: ResourceContext) -> None:
        params = self.params(context, self.calls.delete, context.properties, self.delete_params)
        delete = getattr(self.client(context), self.calls.delete)
        ignore_missing(delete, *self.missing.split(), **params)

    def describe(self, context: ResourceContext) -> Properties:
        """The answer of the describe call; empty if the resource does not exist."""
        params = self.params(context, self.calls.describe, context.properties)
        try:
            answer: Properties = getattr(self.client(context), self.calls.describe)(**params)
        except ClientError as error:
            if error_code(error) not in self.missing.split():
                raise
            return {}
        return answer

    # What calls are given

    @property
    def _name_property(self) -> str:
        return self.unique_name or self.named_by

    @property
    def _tag_names(self) -> Set[str]:
        return {self.tagging.property} if self.tagging else NO_NAMES

    def params(
        self,
        context: ResourceContext,
        operation: str,
        properties: Properties,
        fixed: Properties | None = None,
    ) -> Properties:
        """The members of a call: the physical id, the properties that it takes, and ``fixed``."""
        shape = input_shape(self.client(context), operation)
        key = self.key or self._name_property
        values = {**properties}
        if key and context.physical_id:
            values |= {key: context.physical_id, f"{key}s": context.physical_id}
        for name, value in (fixed or {}).items():
            values[name] = expand(value, context) if isinstance(value, str) else value
        params = {}
        for name, value in values.items():
            member = member_of(shape, name, self.renamed)
            if member and not (name == "Tags" and not value):
                params[member] = api_value(shape.members[member], value, self.renamed)
        return params

    def _members(self, context: ResourceContext, operation: str) -> set[str]:
        """The properties that are members of an operation's input."""
        shape = input_shape(self.client(context), operation)
        members = {name for name in self.supported if member_of(shape, name, self.renamed)}
        return members | ({"Tags"} if "TagSpecifications" in shape.members else set())

    def _properties(self, context: ResourceContext, update: Update) -> Set[str]:
        """The properties that an update sets; tags have calls of their own."""
        members = self._members(context, update.operation)
        return names(update.properties) or members - self._tag_names

    def _plan(
        self, context: ResourceContext, update: Update, changed: Set[str]
    ) -> tuple[str, Properties]:
        """The call that sets ``changed``; refused if one of them was dropped and cannot be."""
        properties = self.api_properties(context)
        if update.remove and all(_is_unset(properties.get(name)) for name in changed):
            return update.remove, self.params(context, update.remove, properties)
        shape = input_shape(self.client(context), update.operation)
        dropped = changed - context.properties.keys()
        defaults = {name: update.defaults[name] for name in dropped & update.defaults.keys()}
        members = {
            name: member_of(shape, name, self.renamed)
            for name, value in {**defaults, **properties}.items()
            if value is not None and name not in self._tag_names
        }
        if not update.sends_all and not update.is_replacement:
            required = {
                name for name, member in members.items() if member in shape.required_members
            }
            members = {name: members[name] for name in members.keys() & (changed | required)}
        values = {name: {**defaults, **properties}[name] for name in members}
        for name in sorted(dropped - defaults.keys() - members.keys()):
            if member_of(shape, name, self.renamed) and not update.is_replacement:
                raise not_emulated(f"removing {name} of {self.type}")
        return update.operation, self.params(context, update.operation, values, update.params)

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
        member = next((name for name in members if name.lower().endswith(ending)), "Tags")
        fixed = {tagging.member: tagging.identifier, **tagging.params, member: tags}
        getattr(client, operation)(**self.params(context, operation, {}, fixed))

    def _refuse_existing(self, context: ResourceContext, properties: Properties, name: str) -> None:
        """AWS's handlers fail with AlreadyExists where the create call would not."""
        # https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract.html
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
