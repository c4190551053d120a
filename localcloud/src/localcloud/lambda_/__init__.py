"""AWS Lambda: functions run by AWS's own runtime client, in processes that see what Lambda shows.

Other engines use ``cloud.get(Lambda).invoke``.
"""

from localcloud.cloud import Cloud
from localcloud.cloudwatch import cloudwatch_of
from localcloud.iam import Authority
from localcloud.lambda_.api import LambdaApi
from localcloud.lambda_.arns import parse_function
from localcloud.lambda_.async_queue import AsyncQueue
from localcloud.lambda_.destinations import Destinations
from localcloud.lambda_.environment import EnvironmentFactory
from localcloud.lambda_.executor import Executor, InvokeResult
from localcloud.lambda_.invocation import Lambda
from localcloud.lambda_.model import Registry
from localcloud.lambda_.packages import Packages, make_runtime_directory
from localcloud.network.zones import place_bare_zone
from localcloud.periodic import Periodic

__all__ = ["InvokeResult", "Lambda", "install"]

_RETIREMENT_SECONDS = 2.0


def install(cloud: Cloud) -> None:
    place_bare_zone()
    folder = cloud.settings.state_dir / "lambda"
    registry = Registry()
    packages = Packages(folder)
    runtime = make_runtime_directory(folder / "runtime")
    environments = EnvironmentFactory(cloud, registry, packages, runtime)
    executor = Executor(cloud, registry, environments, cloudwatch_of(cloud))
    destinations = Destinations(cloud, executor)
    queue = AsyncQueue(cloud.clock, registry, executor, destinations.deliver)
    service = Lambda(cloud, registry, executor, queue)
    cloud.add(service)
    cloud.gateway.register("lambda", LambdaApi(cloud, service, packages))
    if authority := cloud.find(Authority):
        # Functions' policies may let in roles and users, too.
        authority.resource_policies.readers["lambda"] = lambda arn: service.resource_policy(
            parse_function(":".join(arn), arn[3])
        )
    retirement = Periodic("lambda-retirement", _RETIREMENT_SECONDS, executor.retire_idle)
    for stop in (retirement.close, executor.close, queue.close):
        cloud.on_close(stop)
