"""Where a state, a rule of Choice or a catcher leads, and what it assigns and puts out."""

from dataclasses import dataclass, field
from typing import Any

from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.expressions import Scope, Template
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.quotas import VARIABLE_NAME_LENGTH


@dataclass(frozen=True)
class Step:
    """The next state, its input, and the variables that this state assigned."""

    output: Any
    next: str | None
    assigned: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Transition:
    """``next`` is None at the end of a graph."""

    next: str | None
    assign: dict[str, Template] | None = None
    output: Template | None = None

    def follow(self, frame: Frame, default: Any, scope: Scope) -> Step:
        """Assign and Output see the same variables: those from before this state."""
        output = default if self.output is None else frame.evaluate(self.output, scope)
        if output is not frame.data:
            frame.check_size(output, "Output")
        if self.assign is None:
            return Step(output, self.next)
        assigned = {name: frame.evaluate(template, scope) for name, template in self.assign.items()}
        frame.check_size(assigned, "Assign")
        return Step(output, self.next, assigned)


@dataclass(frozen=True)
class Target:
    """A state that is named somewhere in a definition."""

    location: str
    state: str


def read_transition(fields: Fields, targets: list[Target]) -> Transition:
    """Next, Assign and Output of a rule or a catcher, whose other fields have been read."""
    transition = Transition(
        read_target(fields, "Next", targets), read_assign(fields), fields.template("Output")
    )
    fields.text("Comment")
    fields.report_unread()
    return transition


def read_target(fields: Fields, field: str, targets: list[Target]) -> str | None:
    state = fields.text(field)
    if state:
        targets.append(Target(fields.location_of(field), state))
    return state


def read_assign(fields: Fields) -> dict[str, Template] | None:
    variables = fields.object("Assign")
    if variables is None:
        return None
    templates: dict[str, Template] = {}
    for name in variables.unread():
        if name == "states" or not name.isidentifier() or len(name) > VARIABLE_NAME_LENGTH:
            variables.report(name, f"'{name}' is not a valid variable name")
        if (template := variables.template(name)) is not None:
            templates[name] = template
    return templates
