"""What AWS refuses when it is put, and moto accepts: names, values and references."""

from functools import partial

from localcloud.cloud import Cloud
from localcloud.gateway.identify import Call
from localcloud.put_rules import ec2, kms, logs, sqs
from localcloud.put_rules.rule import Check


def install(cloud: Cloud) -> None:
    checks: dict[str, Check] = {  # by service and operation
        **ec2.CHECKS,
        **kms.CHECKS,
        **logs.CHECKS,
        **sqs.CHECKS,
        "ec2:CreateVpc": partial(ec2.check_vpc_quota, cloud.settings.quotas.vpcs),
    }

    def refuse(call: Call) -> None:
        """A handler that refuses, and leaves the answer to the next one."""
        if check := checks.get(call.action):
            check(call, call.params)

    for service in {action.partition(":")[0] for action in checks}:
        cloud.gateway.register(service, refuse)
