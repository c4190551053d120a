"""JSONata in state machine fields, evaluated without a state machine."""

from __future__ import annotations

from typing import Any

from localcloud.stepfunctions.expressions import Scope, compile_template


def parse(value: Any) -> None:
    """Raise ValueError if an expression in the field's value does not parse."""
    compile_template(value, "test")


def evaluate(value: Any, states: dict[str, Any] | None = None, **variables: Any) -> Any:
    """Evaluate the expressions in a field's value; ``states`` is what they see as ``$states``.

    Raises an error where the result is undefined, as Step Functions does.
    """
    return compile_template(value, "test").evaluate(Scope(states or {}, variables))
