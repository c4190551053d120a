"""What AWS refuses when it is put, and moto accepts: names, values and references."""

from localcloud.cloud import Cloud
from localcloud.gateway.identify import Call
from localcloud.put_rules import ec2, kms, logs, sqs
from localcloud.put_rules.rule import Check

# By service and operation.
_CHECKS: dict[str, Check] = {**ec2.CHECKS, **kms.CHECKS, **logs.CHECKS, **sqs.CHECKS}


def install(cloud: Cloud) -> None:
    for service in {action.partition(":")[0] for action in _CHECKS}:
        cloud.gateway.register(service, _refuse)


def _refuse(call: Call) -> None:
    """A handler that refuses, and leaves the answer to the next one."""
    if check := _CHECKS.get(call.action):
        check(call, call.params)
