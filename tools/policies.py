"""The policies of a template, with texts in the place of CloudFormation's functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tools.templates import Json, transformed_template

UNKNOWN = "…"  # a part of a name that only a deployment has
_PLACEHOLDER = re.compile(r"\$\{([^}!]+)\}")
_PSEUDO = {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com", "AWS::NoValue": ""}
# ARNs by the type of the resource: the property that has its name, and the rest.
_ARNS = {
    "AWS::Lambda::Function": ("FunctionName", "lambda:{region}:{account}:function:{name}"),
    "AWS::Logs::LogGroup": ("LogGroupName", "logs:{region}:{account}:log-group:{name}:*"),
    "AWS::SQS::Queue": ("QueueName", "sqs:{region}:{account}:{name}"),
    "AWS::SNS::Topic": ("TopicName", "sns:{region}:{account}:{name}"),
    "AWS::StepFunctions::StateMachine": (
        "StateMachineName",
        "states:{region}:{account}:stateMachine:{name}",
    ),
    "AWS::S3::Bucket": ("BucketName", "s3:::{name}"),
    "AWS::Events::Rule": ("Name", "events:{region}:{account}:rule/{name}"),
    "AWS::KMS::Key": ("", "kms:{region}:{account}:key/{name}"),
    "AWS::IAM::Role": ("RoleName", "iam::{account}:role/{name}"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", "iam::{account}:policy/{name}"),
}
_REF_IS_ARN = ("AWS::SNS::Topic", "AWS::StepFunctions::StateMachine", "AWS::IAM::ManagedPolicy")
# Parameters that are ARNs, because other templates pass them on.
_CONTROL = "route53-recovery-control::{account}:controlpanel/{name}/routingcontrol/{name}"
_PARAMETERS = {
    "MrapArn": "s3::{account}:accesspoint/{name}.mrap",
    "OwnControlArn": _CONTROL,
    "PeerControlArn": _CONTROL,
    "OperatorsTopicArn": "sns:{region}:{account}:batch-operators{env}",
    "OperatorsKeyArn": "kms:{region}:{account}:key/{name}",
    "OrchestratorArn": "states:{region}:{account}:stateMachine:MainOrchestrator{env}",
    "PeerBucketArn": "s3:::batch-{account}-{region}{env}",
}


@dataclass(frozen=True)
class Policy:
    """A policy document; ``logical_id`` is that of the role, or of what has the policy."""

    template: str
    logical_id: str
    name: str
    document: Json


@dataclass(frozen=True)
class Names:
    """What stands in the place of names that only a deployment has."""

    region: str = UNKNOWN
    account: str = UNKNOWN
    env: str = UNKNOWN
    name: str = UNKNOWN

    def arn(self, pattern: str, name: str = "") -> str:
        values = {"region": self.region, "account": self.account, "env": self.env}
        return _joined("arn:aws:" + pattern.format(**values, name=name or self.name))


def policies(template: str, names: Names) -> Iterator[Policy]:
    """Yield every policy of a template but trust policies, which name no resource."""
    resolver = _Resolver(template, names)
    for logical_id, resource in resolver.resources.items():
        properties = resource.get("Properties", {})
        named = [(policy["PolicyName"], policy) for policy in properties.get("Policies", [])]
        for name, owner in [*named, ("", properties)]:
            for key in ("PolicyDocument", "KeyPolicy"):
                if key in owner:
                    document = resolver.resolve(owner[key])
                    yield Policy(template, logical_id, str(name), document)


class _Resolver:
    """Puts texts in the place of Ref, Fn::GetAtt, Fn::Sub and their like."""

    def __init__(self, template: str, names: Names) -> None:
        self._names = names
        self._template = transformed_template(template)
        self.resources: Json = self._template["Resources"]

    def resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, argument)] = value.items()
            if function := self._functions.get(name):
                return function(argument)
        return {key: self.resolve(item) for key, item in value.items()}

    @cached_property
    def _functions(self) -> Mapping[str, Callable[[Any], Any]]:
        return {
            "Ref": self._ref,
            "Fn::GetAtt": lambda argument: self._arn(argument[0]),
            "Fn::Sub": self._sub,
            "Fn::Join": lambda argument: argument[0].join(map(str, self.resolve(argument[1]))),
            "Fn::If": lambda argument: self.resolve(argument[1]),
            "Fn::Select": lambda _: self._names.name,
        }

    def _ref(self, name: str) -> str:
        if name in self.resources:
            is_arn = self.resources[name]["Type"] in _REF_IS_ARN
            return self._arn(name) if is_arn else self._names.name
        if name in _PARAMETERS:
            return self._names.arn(_PARAMETERS[name])
        own = {
            "AWS::Region": self._names.region,
            "AWS::AccountId": self._names.account,
            "Env": self._names.env,
            "PeerRegion": self._names.region,
        }
        return {**_PSEUDO, **own}.get(name, self._names.name)

    def _arn(self, logical_id: str) -> str:
        resource = self.resources[logical_id]
        if resource["Type"] not in _ARNS:
            return self._names.name
        property_name, pattern = _ARNS[resource["Type"]]
        name = self.resolve(resource["Properties"].get(property_name, ""))
        return self._names.arn(pattern, name)

    def _sub(self, argument: str | list[Any]) -> str:
        text, variables = (argument, {}) if isinstance(argument, str) else argument
        own = {key: str(self.resolve(value)) for key, value in variables.items()}

        def value(match: re.Match[str]) -> str:
            name, _, attribute = match[1].partition(".")
            return own.get(match[1]) or (self._arn(name) if attribute else self._ref(name))

        return _joined(_PLACEHOLDER.sub(value, text))


def _joined(text: str) -> str:
    return re.sub(f"{UNKNOWN}+", UNKNOWN, text)
