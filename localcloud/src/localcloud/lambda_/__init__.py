"""AWS Lambda: functions run by AWS's own runtime client, in processes that see what Lambda would
show them.

Other engines use ``cloud.get(Lambda).invoke(function, payload, principal, region=…,
invocation_type=…)``; a service's principal is judged by the function's resource policy, a role's by
IAM.
"""

from __future__ import annotations

import contextlib
import json

from localcloud.cloud import Cloud
from localcloud.cloudwatch import cloudwatch_of
from localcloud.lambda_.api.aliases import AliasesApi
from localcloud.lambda_.api.base import refuse_the_rest
from localcloud.lambda_.api.functions import FunctionsApi
from localcloud.lambda_.api.invoking import InvokingApi
from localcloud.lambda_.api.layers import LayersApi
from localcloud.lambda_.api.permissions import PermissionsApi
from localcloud.lambda_.destinations import Destinations
from localcloud.lambda_.environment import Environments
from localcloud.lambda_.execution import Executor
from localcloud.lambda_.invocation import InvokeResult, Lambda
from localcloud.lambda_.model import Registry
from localcloud.lambda_.names import parse_function
from localcloud.lambda_.packages import Packages
from localcloud.lambda_.queue import AsyncQueue
from localcloud.lambda_.runtime_packages import make_runtime_directory
from localcloud.periodic import Periodic

__all__ = ["InvokeResult", "Lambda", "install"]

_RETIREMENT_SECONDS = 2.0


def install(cloud: Cloud) -> None:
    account, folder = cloud.settings.account_id, cloud.settings.state_dir / "lambda"
    registry = Registry(account)
    packages = Packages(folder)
    runtime = make_runtime_directory(folder / "runtime")
    environments = Environments(cloud, registry, packages, runtime)
    executor = Executor(cloud, environments, cloudwatch_of(cloud))
    queue = AsyncQueue(cloud.clock, registry, executor, Destinations(cloud, executor))
    service = Lambda(cloud, registry, executor, queue)
    retirement = Periodic("lambda-retirement", _RETIREMENT_SECONDS, executor.retire_idle)
    cloud.add(service)
    for handler in (
        InvokingApi(cloud, service),
        FunctionsApi(cloud, registry, packages, executor),
        LayersApi(registry, packages, cloud.clients),
        PermissionsApi(registry),
        AliasesApi(registry),
        refuse_the_rest,
    ):
        cloud.gateway.register("lambda", handler)
    _tell_iam(cloud, service)
    for stop in (retirement.close, executor.close, queue.close):
        cloud.on_close(stop)


def _tell_iam(cloud: Cloud, service: Lambda) -> None:
    """Where IAM finds the functions' policies, which may let in roles and users, too."""
    from localcloud.iam import Authority  # late: a cloud without IAM must not need it

    def policy(arn: list[str]) -> str | None:
        ref = parse_function(":".join(arn), arn[3])
        document = service.resource_policy(ref.region, ref.name, ref.qualifier)
        return json.dumps(document) if document else None

    with contextlib.suppress(KeyError):
        cloud.get(Authority).resource_policies.readers["lambda"] = policy
