"""Amazon SNS: topics, and their subscriptions by e-mail, which nobody ever confirms."""

from localcloud.cloud import Cloud
from localcloud.sns.operations import Operations


def install(cloud: Cloud) -> None:
    cloud.gateway.register("sns", Operations())
