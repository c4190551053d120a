"""What AWS refuses when it is put, and moto accepts: names, values and references."""

from localcloud.cloud import Cloud
from localcloud.gateway.identify import Call
from localcloud.put_rules import ec2, kms, logs, secretsmanager, sqs, ssm
from localcloud.put_rules.rule import Check

_CHECKS: dict[str, dict[str, Check]] = {
    "ec2": ec2.CHECKS,
    "kms": kms.CHECKS,
    "logs": logs.CHECKS,
    "secretsmanager": secretsmanager.CHECKS,
    "sqs": sqs.CHECKS,
    "ssm": ssm.CHECKS,
}


def install(cloud: Cloud) -> None:
    for service in _CHECKS:
        cloud.gateway.register(service, _refuse)


def _refuse(call: Call) -> None:
    """A handler that refuses, and leaves the answer to the next one."""
    if check := _CHECKS[call.service].get(call.name):
        check(call, call.params)
