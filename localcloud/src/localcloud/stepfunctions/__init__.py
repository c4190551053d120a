"""Step Functions: an interpreter of our own for JSONata state machines, and the API around it."""

from localcloud.cloud import Cloud
from localcloud.gateway.paging import Pager
from localcloud.stepfunctions.api_executions import ExecutionOperations
from localcloud.stepfunctions.api_state_machines import StateMachineOperations
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.execution import Execution


class StepFunctions(StateMachineOperations, ExecutionOperations):
    """Operations without a method (activities, versions, TestState …) are errors that name them."""

    pager = Pager(100, "InvalidToken", "Invalid Token: '{token}'")


def _measure(execution: Execution) -> None:
    """Make a Standard execution that is nobody's child a span of the usage."""
    if execution.machine.is_express or execution.map_run_arn:
        return
    usage = execution.engine.cloud.usage
    change = usage.begin if execution.status == "RUNNING" else usage.end
    change(execution.arn)


def install(cloud: Cloud) -> None:
    """``cloud.get(Engine)`` is where observers go; ``cloud.get(StepFunctions)`` the service."""
    engine = Engine(cloud)
    service = StepFunctions(engine)
    cloud.gateway.register(StepFunctions.service, service)
    engine.status_listeners.append(_measure)
    cloud.add(engine)
    cloud.add(service)
    cloud.on_close(engine.close)
