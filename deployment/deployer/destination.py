"""Where the calls go: to AWS, or all of them to one emulator; never some here and some there.

AWS_ENDPOINT_URL_S3, or `endpoint_url` in a configuration file, sends one service elsewhere.
NO_PROXY takes one past a proxy that is an emulator.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
"""

from __future__ import annotations

import os
from collections import defaultdict
from urllib.parse import urlsplit

from botocore.utils import get_environ_proxies

from .aws import Aws
from .errors import DeployError

# Those that the deployer calls, or that sam and aws call for it. A test compares the list.
SERVICES = (
    "apigateway", "cloudformation", "cloudwatch", "dynamodb", "ec2", "events", "iam", "lambda",
    "logs", "route53", "route53-recovery-control-config", "s3", "service-quotas", "sesv2", "sns",
    "sqs", "ssm", "stepfunctions", "sts",
)  # fmt: skip
AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonwebservices.com.cn")
# AWS's documentation has the first in examples, and nobody owns it; emulators have one of these.
EXAMPLE_ACCOUNTS = ("123456789012", "000000000000")
AWS_ITSELF = "AWS"


def destination(aws: Aws, region: str, account: str) -> str:
    """Return AWS_ITSELF, or the address of an emulator. Raises DeployError if calls go to several.

    A proxy alone says nothing, since many networks reach AWS through one.
    """
    is_emulated = account in EXAMPLE_ACCOUNTS
    services_by_address: dict[str, list[str]] = defaultdict(list)
    for service in SERVICES:
        url = aws.client(service, region).meta.endpoint_url
        services_by_address[_address(url, is_emulated=is_emulated)].append(service)
    if len(services_by_address) == 1:
        return next(iter(services_by_address))
    raise DeployError(
        f"Nothing was done: the calls would go to different places. {_list(services_by_address)}. "
        f"{_cause()} Unset what sends a part of them elsewhere, and run the same command again."
    )


def _address(url: str, *, is_emulated: bool) -> str:
    host = urlsplit(url).hostname or url
    if not host.endswith(AWS_DOMAINS):
        return f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
    if not is_emulated:
        return AWS_ITSELF
    proxies: dict[str, str] = get_environ_proxies(url)
    return proxies.get(urlsplit(url).scheme, AWS_ITSELF)


def _list(services_by_address: dict[str, list[str]]) -> str:
    """The longest list of services comes last, and in short."""
    *few, (most, _) = sorted(services_by_address.items(), key=lambda pair: len(pair[1]))
    parts = [f"{', '.join(services)} to {address}" for address, services in few]
    return f"{'; '.join(parts)}; the others to {most}"


def _cause() -> str:
    names = sorted(name for name in os.environ if name.startswith("AWS_ENDPOINT_URL"))
    if names:
        return f"The environment has {', '.join(names)}."
    return "The cause is endpoint_url in a configuration file of AWS, or NO_PROXY."
