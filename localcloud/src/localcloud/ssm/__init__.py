"""Systems Manager: Automation documents and their executions; moto keeps all documents."""

from localcloud.cloud import Cloud
from localcloud.ssm.automation import Automation
from localcloud.ssm.documents import Documents
from localcloud.ssm.public_parameters import make_only_what_is_asked_for

__all__ = ["Automation", "install"]


def install(cloud: Cloud) -> None:
    make_only_what_is_asked_for()
    documents = Documents()
    automation = Automation(cloud, documents)
    cloud.gateway.register("ssm", automation)
    cloud.gateway.register("ssm", documents)
    cloud.add(automation)
    cloud.on_close(automation.close)
