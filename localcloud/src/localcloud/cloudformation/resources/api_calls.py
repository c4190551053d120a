"""What a row of the table of resource types is made of, see api_resource.py."""

from dataclasses import dataclass, field

from localcloud.cloudformation.resources.context import Properties


@dataclass(frozen=True)
class Calls:
    """The calls for resources of a type.

    ``lookup`` finds an existing resource, where the create call would take that over without an
    error; ``lookup_path`` is the part of its answer that is not empty then.
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

    @property
    def is_replacement(self) -> bool:
        return self.operation.startswith("put_")


@dataclass(frozen=True)
class Tagging:
    """The calls that tag and untag; ``member`` is how they name the resource, by ``identifier``."""

    member: str
    identifier: str = "{id}"
    tag: str = "tag_resource"
    untag: str = "untag_resource"
    params: Properties = field(default_factory=dict)
    property: str = "Tags"
