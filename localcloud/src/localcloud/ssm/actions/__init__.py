"""The actions of runbooks by name, and the names of those that are not emulated.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
"""

from localcloud.ssm.actions.aws_api import AssertProperty, ExecuteApi, WaitForProperty
from localcloud.ssm.actions.base import Action
from localcloud.ssm.actions.control_flow import Branch, Sleep
from localcloud.ssm.actions.invoke_lambda import InvokeLambda

_CLASSES = (AssertProperty, Branch, ExecuteApi, InvokeLambda, Sleep, WaitForProperty)
ACTIONS: dict[str, Action] = {cls.name: cls() for cls in _CLASSES}
NOT_EMULATED = frozenset(
    f"aws:{name}"
    for name in (
        "approve", "changeInstanceState", "copyImage", "createImage", "createStack", "createTags",
        "deleteImage", "deleteStack", "executeAutomation", "executeScript", "executeStateMachine",
        "invokeWebhook", "loop", "pause", "runCommand", "runInstances", "updateVariable",
    )
)  # fmt: skip
