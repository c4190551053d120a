"""Rules for functions: each has a log group with a retention, a timeout, and an alarm.

cfn-lint imports this file by its path, so it imports no other file of this folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

FUNCTION = "AWS::Lambda::Function"
# Their alarms tell of a failed function, too: they call it.
CALLERS = ("AWS::StepFunctions::StateMachine", "AWS::ApiGatewayV2::Integration")
_PLACEHOLDER = re.compile(r"\$\{(\w+)")


class FunctionHasLogGroup(CloudFormationLintRule):  # type: ignore[misc]  # cfn-lint has no types
    """Lambda would create a log group that never expires and that nobody deletes."""

    id = "E9001"
    shortdesc = "A function logs to a log group of its template, which has a retention"
    description = shortdesc
    tags = ("functions",)

    def match(self, cfn: Template) -> list[RuleMatch]:
        log_groups = {
            name
            for name, group in cfn.get_resources("AWS::Logs::LogGroup").items()
            if "RetentionInDays" in group.get("Properties", {})
        }
        message = "{} needs LoggingConfig.LogGroup: a log group here that has RetentionInDays"
        return [
            _match(name, message)
            for name, function in cfn.get_resources(FUNCTION).items()
            if not _references(function["Properties"].get("LoggingConfig", {})) & log_groups
        ]


class FunctionHasTimeout(CloudFormationLintRule):  # type: ignore[misc]  # the same
    """The default of 3 seconds fits no function that calls AWS."""

    id = "E9002"
    shortdesc = "A function has a timeout of its own"
    description = shortdesc
    tags = ("functions",)

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            _match(name, "{} needs a Timeout")
            for name, function in cfn.get_resources(FUNCTION).items()
            if "Timeout" not in function["Properties"]
        ]


class FunctionHasAlarm(CloudFormationLintRule):  # type: ignore[misc]  # the same
    """An alarm on the function, on its queue of failed events, or on what calls it and retries."""

    id = "E9003"
    shortdesc = "Somebody is told when a function fails"
    description = shortdesc
    tags = ("functions",)

    def match(self, cfn: Template) -> list[RuleMatch]:
        watched = _watched(cfn)
        message = "{} needs an alarm: on itself, on its OnFailure queue, or on what calls it"
        return [
            _match(name, message) for name in cfn.get_resources(FUNCTION) if name not in watched
        ]


def _watched(cfn: Template) -> set[str]:
    """Resources whose failures reach an alarm that does something."""
    watched = set(_with_alarm(cfn))
    for config in cfn.get_resources("AWS::Lambda::EventInvokeConfig").values():
        if _references(config["Properties"].get("DestinationConfig", {})) & watched:
            watched |= _references(config["Properties"]["FunctionName"])
    previous: set[str] = set()
    while previous != watched:  # a state machine that another one calls
        previous = set(watched)
        for name, caller in cfn.get_resources(list(CALLERS)).items():
            # an integration is part of its API, which has the alarm
            if previous & {name, *_references(caller["Properties"].get("ApiId"))}:
                watched |= _references(caller["Properties"])
    return watched


def _with_alarm(cfn: Template) -> Iterator[str]:
    for alarm in cfn.get_resources("AWS::CloudWatch::Alarm").values():
        if alarm["Properties"].get("AlarmActions"):
            for dimension in alarm["Properties"].get("Dimensions", []):
                yield from _references(dimension["Value"])


def _references(value: Any) -> set[str]:
    """Return the logical ids, parameters and pseudo parameters that a value refers to."""
    if isinstance(value, list):
        return set[str]().union(*(_references(item) for item in value))
    if not isinstance(value, dict):
        return set()
    references = set[str]().union(*(_references(item) for item in value.values()))
    if isinstance(reference := value.get("Ref"), str):
        references.add(reference)
    if attribute := value.get("Fn::GetAtt"):
        references.add(attribute[0] if isinstance(attribute, list) else attribute.split(".")[0])
    if text := value.get("Fn::Sub"):
        references.update(_PLACEHOLDER.findall(text if isinstance(text, str) else text[0]))
    return references


def _match(name: str, message: str) -> RuleMatch:
    return RuleMatch(["Resources", name], message.format(name))
