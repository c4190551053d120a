"""The actions of runbooks by name; those that AWS has and we have not are named, too.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
"""

from __future__ import annotations

from localcloud.ssm.actions.aws_api import AssertProperty, ExecuteApi, WaitForProperty
from localcloud.ssm.actions.base import Action
from localcloud.ssm.actions.branch import Branch
from localcloud.ssm.actions.invoke_lambda import InvokeLambda
from localcloud.ssm.actions.sleep import Sleep

ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        AssertProperty(), Branch(), ExecuteApi(), InvokeLambda(), Sleep(), WaitForProperty(),
    )
}  # fmt: skip
NOT_EMULATED = frozenset(
    f"aws:{name}"
    for name in (
        "approve", "changeInstanceState", "copyImage", "createImage", "createStack", "createTags",
        "deleteImage", "deleteStack", "executeAutomation", "executeScript", "executeStateMachine",
        "invokeWebhook", "loop", "pause", "runCommand", "runInstances", "updateVariable",
    )
)  # fmt: skip
