"""Amazon SNS."""

from localcloud.cloud import Cloud


def install(cloud: Cloud) -> None:
    pass
