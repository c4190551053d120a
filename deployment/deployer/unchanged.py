"""Tells whether a stack is as `make deploy` left it, so that `sam deploy` has nothing to do.

After each deployment a file under .build/ notes what was deployed, and which update of the stack
that was. The stack is left alone only if all of this is still so: nothing that the template is
deployed with has changed, CloudFormation has not updated the stack since, whoever asked for it, and
the parameters are those that would be passed. Without the file, as in a new checkout, sam decides.
"""

from __future__ import annotations

import json
from typing import Any

from .plan import Parameters, Stack
from .sources import sources_digest
from .stack_info import parameters_of

# A stack that was rolled back, or is half-made, is not among them.
_COMPLETE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def is_unchanged(stack: Stack, description: dict[str, Any], parameters: Parameters) -> bool:
    """`description` is CloudFormation's, empty if there is no such stack."""
    return (
        description.get("StackStatus") in _COMPLETE
        and parameters.items() <= parameters_of(description).items()
        and _read_note(stack) == _note_of(description, sources_digest(stack.template))
    )


def note_deployment(stack: Stack, description: dict[str, Any], digest: str) -> None:
    """Note that the stack, as it is described, was deployed from these sources.

    If it is being updated again, that is the work of somebody else.
    """
    if description.get("StackStatus") not in _COMPLETE:
        return
    stack.note.parent.mkdir(parents=True, exist_ok=True)
    stack.note.write_text(json.dumps(_note_of(description, digest)))


def _note_of(description: dict[str, Any], digest: str) -> dict[str, str]:
    """A stack that was never updated has no time of its last update."""
    time = description.get("LastUpdatedTime") or description.get("CreationTime")
    return {"sources": digest, "stack": description.get("StackId", ""), "time": str(time)}


def _read_note(stack: Stack) -> Any:
    try:
        return json.loads(stack.note.read_text())
    except (OSError, ValueError):
        return None
