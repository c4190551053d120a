"""State machines: create, update, delete, describe, list, validate, tags."""

import uuid
from dataclasses import replace
from typing import Any

from localcloud.clock import utc
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.settings import ACCOUNT_ID
from localcloud.stepfunctions.api_resources import (
    Lookup,
    describe_machine,
    require_arn,
    summarize_machine,
)
from localcloud.stepfunctions.fields import Diagnostics
from localcloud.stepfunctions.parser import parse
from localcloud.stepfunctions.quotas import is_name
from localcloud.stepfunctions.state_machine import (
    NO_LOGGING,
    Definition,
    StateMachine,
    check_role,
    log_group_name,
)

_SUPPORTED = {
    "name", "stateMachineArn", "definition", "roleArn", "type", "tags", "publish",
    "loggingConfiguration", "tracingConfiguration", "encryptionConfiguration",
}  # fmt: skip
_CHANGEABLE = ("definition", "roleArn", "loggingConfiguration", "tracingConfiguration")


class StateMachineOperations(Lookup):
    def create_state_machine(self, call: Call, **params: Any) -> dict[str, Any]:
        _refuse_unsupported(params)
        name, role_arn = params["name"], params["roleArn"]
        if not is_name(name):
            raise ApiError("InvalidName", f"Invalid Name: '{name}'")
        type_ = params.get("type", "STANDARD")
        now = self.engine.clock.now()
        machine = StateMachine(
            arn=f"arn:aws:states:{call.region}:{ACCOUNT_ID}:stateMachine:{name}",
            name=name,
            type=type_,
            region=call.region,
            role_arn=role_arn,
            definition=_parse(params["definition"], type_, call.region),
            created=now,
            updated=now,
            logging=self._checked_logging(call, params.get("loggingConfiguration")),
            is_traced=_is_traced(params.get("tracingConfiguration")),
        )
        check_role(self.engine.cloud, role_arn, call.region, machine.arn)
        machine = self._add(machine, params.get("tags", []))
        return {"stateMachineArn": machine.arn, "creationDate": utc(machine.created)}

    def _add(self, machine: StateMachine, tags: list[dict[str, str]]) -> StateMachine:
        """The state machine; creating the very same one again returns the existing one."""
        store, arn = self.engine.store, machine.arn
        with store.lock:
            existing = store.machines.get(arn)
            if existing is None:
                store.tags[arn] = _tags(tags)
                store.machines[arn] = machine
                return machine
        if _identity(existing) != _identity(machine):
            raise ApiError("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
        return existing

    def update_state_machine(self, call: Call, **params: Any) -> dict[str, Any]:
        _refuse_unsupported(params)
        machine = self.machine(params["stateMachineArn"])
        if all(params.get(name) is None for name in _CHANGEABLE):
            raise ApiError(
                "MissingRequiredParameter",
                "Either the definition, the role ARN, the LoggingConfiguration, or the "
                "TracingConfiguration must be specified",
            )
        changes: dict[str, Any] = {}
        definition, role_arn = params.get("definition"), params.get("roleArn")
        if definition not in (None, machine.definition.text):
            changes["definition"] = _parse(str(definition), machine.type, call.region)
        if role_arn not in (None, machine.role_arn):
            check_role(self.engine.cloud, str(role_arn), call.region, machine.arn)
            changes["role_arn"] = role_arn
        if (logging := params.get("loggingConfiguration")) is not None:
            changes["logging"] = self._checked_logging(call, logging)
        if (tracing := params.get("tracingConfiguration")) is not None:
            changes["is_traced"] = _is_traced(tracing)
        is_same = replace(machine, **changes) == machine
        revision = machine.revision if is_same and machine.revision else str(uuid.uuid4())
        now = self.engine.clock.now()
        updated = replace(machine, **changes, updated=now, revision=revision)
        self.engine.store.machines[machine.arn] = updated
        return {"updateDate": utc(now), "revisionId": revision}

    def _checked_logging(self, call: Call, configuration: dict[str, Any] | None) -> dict[str, Any]:
        """With defaults. Raises InvalidLoggingConfiguration, in the words that were recorded."""
        # https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/test_sfn_api_logs.snapshot.json
        if not configuration or configuration.get("level", "OFF") == "OFF":
            return {**NO_LOGGING, **(configuration or {})}
        groups = [
            destination.get("cloudWatchLogsLogGroup", {}).get("logGroupArn", "")
            for destination in configuration.get("destinations", [])
        ]
        name = log_group_name(groups[0]) if len(groups) == 1 else None
        fault = None
        if len(groups) != 1:
            fault = "Must specify exactly one Log Destination."
        elif name is None or not groups[0].endswith(":*"):
            # "The ARN must end with :*":
            # https://docs.aws.amazon.com/step-functions/latest/apireference/API_CloudWatchLogsLogGroup.html
            fault = f"Invalid Log Destination ARN: {groups[0]}"
        elif not self.engine.cloudwatch.logs.has_group(call.region, name):
            fault = "Log Destination not found."
        if fault:
            raise ApiError("InvalidLoggingConfiguration", f"Invalid Logging Configuration: {fault}")
        return {"includeExecutionData": False, **configuration}

    def delete_state_machine(self, _: Call, **params: Any) -> dict[str, Any]:
        """Running executions go on to their end; a missing machine is no error, as on AWS."""
        arn = params["stateMachineArn"]
        require_arn(arn, "stateMachine")
        with self.engine.store.lock:
            self.engine.store.machines.pop(arn, None)
            self.engine.store.tags.pop(arn, None)
        return {}

    def describe_state_machine(self, _: Call, **params: Any) -> dict[str, Any]:
        return describe_machine(self.machine(params["stateMachineArn"]), params)

    def list_state_machines(self, call: Call) -> dict[str, Any]:
        machines = sorted(self.engine.store.machines.values(), key=lambda machine: machine.name)
        local = [machine for machine in machines if machine.region == call.region]
        return {"stateMachines": [summarize_machine(machine) for machine in local]}

    def validate_state_machine_definition(self, call: Call, **params: Any) -> dict[str, Any]:
        diagnostics = Diagnostics()
        parse(params["definition"], params.get("type", "STANDARD"), call.region, diagnostics)
        limit = params.get("maxResults") or 100
        return {
            "result": "FAIL" if diagnostics else "OK",
            "diagnostics": [
                {"severity": "ERROR", **vars(diagnostic)} for diagnostic in diagnostics[:limit]
            ],
            "truncated": len(diagnostics) > limit,
        }

    def tag_resource(self, _: Call, **params: Any) -> dict[str, Any]:
        self.tags(params["resourceArn"]).update(_tags(params["tags"]))
        return {}

    def untag_resource(self, _: Call, **params: Any) -> dict[str, Any]:
        tags = self.tags(params["resourceArn"])
        for key in params["tagKeys"]:
            tags.pop(key, None)
        return {}

    def list_tags_for_resource(self, _: Call, **params: Any) -> dict[str, Any]:
        tags = self.tags(params["resourceArn"])
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}


def _parse(text: str, machine_type: str, region: str) -> Definition:
    diagnostics = Diagnostics()
    definition = parse(text, machine_type, region, diagnostics)
    diagnostics.raise_if_any()
    assert definition is not None  # noqa: S101 - without diagnostics there is a definition
    return definition


def _is_traced(configuration: dict[str, Any] | None) -> bool:
    return bool((configuration or {}).get("enabled"))


def _refuse_unsupported(params: dict[str, Any]) -> None:
    encryption = params.get("encryptionConfiguration", {})
    if encryption.get("type", "AWS_OWNED_KEY") != "AWS_OWNED_KEY":
        raise not_emulated("encryption of state machines with a customer's key")
    if params.get("publish"):
        raise not_emulated("versions and aliases of state machines")
    if unsupported := sorted(params.keys() - _SUPPORTED):
        raise not_emulated(f"the parameters {unsupported} of a state machine")


def _identity(machine: StateMachine) -> tuple[Any, ...]:
    """What makes two calls of CreateStateMachine the same."""
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
    return machine.definition.text, machine.type, machine.logging, machine.is_traced


def _tags(tags: list[dict[str, str]]) -> dict[str, str]:
    if not all(tag.get("key") for tag in tags):
        raise ApiError("ValidationException", "A tag must have a key.")
    return {tag["key"]: tag.get("value") or "" for tag in tags}
