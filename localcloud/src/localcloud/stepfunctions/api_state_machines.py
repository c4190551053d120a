"""State machines: create, update, delete, describe, list, validate, tags."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from localcloud.clock import utc
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.stepfunctions.arns import require_arn
from localcloud.stepfunctions.diagnostics import Diagnostics
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.parser import Definition, parse
from localcloud.stepfunctions.permissions import check_role
from localcloud.stepfunctions.quotas import is_name
from localcloud.stepfunctions.state_machine import NO_LOGGING, StateMachine

Answer = dict[str, Any]


class StateMachineOperations:
    engine: Engine

    def create_state_machine(
        self,
        call: Call,
        *,
        name: str,
        definition: str,
        roleArn: str,
        type: str = "STANDARD",
        loggingConfiguration: Answer | None = None,
        tracingConfiguration: Answer | None = None,
        tags: list[dict[str, str]] | None = None,
        **others: Any,
    ) -> Answer:
        _refuse(others)
        if not is_name(name):
            raise ApiError("InvalidName", f"Invalid Name: '{name}'")
        account = self.engine.cloud.settings.account_id
        arn = f"arn:aws:states:{call.region}:{account}:stateMachine:{name}"
        parsed = _parsed(definition, type, call.region)
        logging = _logging(loggingConfiguration)
        check_role(self.engine.cloud, roleArn, call.region, arn)
        now = self.engine.clock.now()
        machine = StateMachine(
            arn=arn,
            name=name,
            type=type,
            region=call.region,
            account=account,
            role_arn=roleArn,
            definition=parsed,
            created=now,
            updated=now,
            logging=logging,
            tracing=bool((tracingConfiguration or {}).get("enabled")),
        )
        with self.engine.store.lock:
            existing = self.engine.store.machines.get(arn)
            if existing is None:
                self.engine.store.machines[arn] = machine
                self.engine.store.tags[arn] = {tag["key"]: tag["value"] for tag in tags or []}
            elif _same(existing, machine):
                machine = existing  # creating the very same machine again is no error
            else:
                raise ApiError(
                    "StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'"
                )
        return {"stateMachineArn": arn, "creationDate": utc(machine.created)}

    def update_state_machine(
        self,
        call: Call,
        *,
        stateMachineArn: str,
        definition: str | None = None,
        roleArn: str | None = None,
        loggingConfiguration: Answer | None = None,
        tracingConfiguration: Answer | None = None,
        **others: Any,
    ) -> Answer:
        _refuse(others)
        machine = self.machine(stateMachineArn)
        given = (definition, roleArn, loggingConfiguration, tracingConfiguration)
        if all(each is None for each in given):
            raise ApiError(
                "MissingRequiredParameter",
                "Either the definition, the role ARN, the LoggingConfiguration, or the "
                "TracingConfiguration must be specified",
            )
        changes: dict[str, Any] = {}
        if definition is not None and definition != machine.definition.text:
            changes["definition"] = _parsed(definition, machine.type, call.region)
        if roleArn is not None and roleArn != machine.role_arn:
            check_role(self.engine.cloud, roleArn, call.region, stateMachineArn)
            changes["role_arn"] = roleArn
        if loggingConfiguration is not None:
            changes["logging"] = _logging(loggingConfiguration)
        if tracingConfiguration is not None:
            changes["tracing"] = bool(tracingConfiguration.get("enabled"))
        now = self.engine.clock.now()
        revision = machine.revision
        if "definition" in changes or "role_arn" in changes or revision is None:
            revision = str(uuid.uuid4())
        updated = replace(machine, **changes, updated=now, revision=revision)
        self.engine.store.machines[stateMachineArn] = updated
        return {"updateDate": utc(now), "revisionId": revision}

    def delete_state_machine(
        self,
        _: Call,
        *,
        stateMachineArn: str,
    ) -> Answer:
        """Running executions go on to their end. Deleting what is not there is no error, as on
        AWS.
        """
        require_arn(stateMachineArn, "stateMachine")
        with self.engine.store.lock:
            self.engine.store.machines.pop(stateMachineArn, None)
            self.engine.store.tags.pop(stateMachineArn, None)
        return {}

    def describe_state_machine(
        self,
        _: Call,
        *,
        stateMachineArn: str,
        includedData: str = "ALL_DATA",
    ) -> Answer:
        machine = self.machine(stateMachineArn)
        shown: Answer = {
            "stateMachineArn": machine.arn,
            "status": "ACTIVE",
            "type": machine.type,
            "creationDate": utc(machine.created),
            **described(machine, includedData),
        }
        if machine.definition.comment and includedData == "ALL_DATA":
            shown["description"] = machine.definition.comment
        return shown

    def list_state_machines(self, call: Call) -> Answer:
        machines = sorted(
            (each for each in self.engine.store.machines.values() if each.region == call.region),
            key=lambda each: each.name,
        )
        shown = [
            {
                "stateMachineArn": machine.arn,
                "name": machine.name,
                "type": machine.type,
                "creationDate": utc(machine.created),
            }
            for machine in machines
        ]
        return {"stateMachines": shown}

    def validate_state_machine_definition(
        self,
        call: Call,
        *,
        definition: str,
        type: str = "STANDARD",
        maxResults: int = 0,
        **_others: Any,  # severity: there are no warnings
    ) -> Answer:
        diagnostics = Diagnostics()
        parse(definition, type, call.region, diagnostics)
        most = maxResults or 100
        entries = [
            {
                "severity": "ERROR",
                "code": diagnostic.code,
                "message": diagnostic.message,
                "location": diagnostic.location,
            }
            for diagnostic in diagnostics.found
        ]
        return {
            "result": "FAIL" if entries else "OK",
            "diagnostics": entries[:most],
            "truncated": len(entries) > most,
        }

    def tag_resource(
        self,
        _: Call,
        *,
        resourceArn: str,
        tags: list[dict[str, str]],
    ) -> Answer:
        self._tags(resourceArn).update({tag["key"]: tag["value"] for tag in tags})
        return {}

    def untag_resource(
        self,
        _: Call,
        *,
        resourceArn: str,
        tagKeys: list[str],
    ) -> Answer:
        held = self._tags(resourceArn)
        for key in tagKeys:
            held.pop(key, None)
        return {}

    def list_tags_for_resource(self, _: Call, *, resourceArn: str) -> Answer:
        held = self._tags(resourceArn)
        return {"tags": [{"key": key, "value": value} for key, value in held.items()]}

    def machine(self, arn: str) -> StateMachine:
        """By its ARN; a version or an alias is an error that says what is missing."""
        require_arn(arn, "stateMachine")
        if arn.count(":") > 6:
            raise not_emulated("versions and aliases of state machines")
        machine = self.engine.store.machines.get(arn)
        if machine is None:
            raise ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
        return machine

    def _tags(self, arn: str) -> dict[str, str]:
        require_arn(arn, "stateMachine")
        held = self.engine.store.tags.get(arn)
        if held is None:
            raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'")
        return held


def described(machine: StateMachine, included: str) -> Answer:
    """What descriptions of a machine and of an execution's machine share."""
    shown: Answer = {
        "name": machine.name,
        "roleArn": machine.role_arn,
        "loggingConfiguration": machine.logging,
        "tracingConfiguration": {"enabled": machine.tracing},
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    }
    # METADATA_ONLY leaves out the definition, which may be encrypted with a key of the customer's.
    shown["definition"] = machine.definition.text if included == "ALL_DATA" else ""
    if machine.revision:
        shown["revisionId"] = machine.revision
    return shown


def _parsed(definition: str, machine_type: str, region: str) -> Definition:
    diagnostics = Diagnostics()
    parsed = parse(definition, machine_type, region, diagnostics)
    diagnostics.raise_if_any()
    assert parsed is not None  # noqa: S101 - without diagnostics there is a definition
    return parsed


def _logging(given: Answer | None) -> Answer:
    if not given or given.get("level", "OFF") == "OFF":
        return {**NO_LOGGING, **(given or {})}
    destinations = given.get("destinations", [])
    groups = [
        each.get("cloudWatchLogsLogGroup", {}).get("logGroupArn", "") for each in destinations
    ]
    if len(groups) != 1:
        raise ApiError(
            "InvalidLoggingConfiguration",
            "Invalid Logging Configuration: Must specify exactly one Log Destination.",
        )
    if ":log-group:" not in groups[0] or not groups[0].endswith(":*"):
        # "The ARN must end with :*" (API reference, CloudWatchLogsLogGroup)
        raise ApiError(
            "InvalidLoggingConfiguration",
            f"Invalid Logging Configuration: Invalid Log Destination ARN: {groups[0]}",
        )
    return {"includeExecutionData": False, **given}


def _refuse(others: Answer) -> None:
    encryption = others.pop("encryptionConfiguration", {"type": "AWS_OWNED_KEY"})
    if encryption.get("type") != "AWS_OWNED_KEY":
        raise not_emulated("encryption of state machines with a customer's key")
    if others.pop("publish", False):
        raise not_emulated("versions and aliases of state machines")
    if others:
        raise not_emulated(f"the parameters {sorted(others)} of a state machine")


def _same(one: StateMachine, other: StateMachine) -> bool:
    """Idempotency looks at name, definition, type, logging and tracing (API reference,
    CreateStateMachine).
    """

    def key(machine: StateMachine) -> tuple[Any, ...]:
        return machine.definition.text, machine.type, machine.logging, machine.tracing

    return key(one) == key(other)
