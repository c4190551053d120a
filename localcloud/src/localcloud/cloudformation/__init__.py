"""CloudFormation: an engine of our own behind the real API.

It creates resources by the plain APIs of AWS's services.
"""

from localcloud.cloud import Cloud


def install(cloud: Cloud) -> None:
    from localcloud.cloudformation.api import CloudFormation
    from localcloud.cloudformation.stacks.engine import Engine

    engine = Engine(cloud)
    api = CloudFormation(engine)
    cloud.add(engine)
    cloud.add(api)
    cloud.gateway.register(api.service, api)
