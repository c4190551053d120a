"""The actions of runbooks by name, and the names of those that are not emulated.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
"""

from localcloud.ssm.actions.assert_property import AssertProperty
from localcloud.ssm.actions.base import Action
from localcloud.ssm.actions.invoke_lambda import InvokeLambda
from localcloud.ssm.actions.sleep import Sleep

ACTIONS: dict[str, Action] = {
    action.name: action for action in (AssertProperty(), InvokeLambda(), Sleep())
}
NOT_EMULATED = frozenset(
    f"aws:{name}"
    for name in (
        "approve", "branch", "changeInstanceState", "copyImage",
        "createImage", "createStack", "createTags", "deleteImage", "deleteStack",
        "executeAutomation", "executeAwsApi", "executeScript", "executeStateMachine",
        "invokeWebhook", "loop", "pause", "runCommand", "runInstances", "updateVariable",
        "waitForAwsResourceProperty",
    )
)  # fmt: skip
