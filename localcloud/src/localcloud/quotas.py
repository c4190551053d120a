"""Quotas of the account that differ from account to account: LOCALCLOUD_ACCOUNT chooses.

Those that are the same for all stand with their services.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class SendingQuota:
    """How many mails SES takes in 24 hours and in a second, in one Region."""

    day: float
    rate: float


@dataclass(frozen=True)
class Quotas:
    """``concurrency``: executions of Lambda at once in a Region; ``unreserved`` of them stay so.

    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html
    https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    """

    concurrency: int = 1000
    unreserved: int = 100
    function_memory_mb: int = 10_240
    sandbox: SendingQuota = SendingQuota(200.0, 1.0)
    production: SendingQuota = SendingQuota(50_000.0, 14.0)
    vpcs: int = 5  # the default VPC is one of them


# "New AWS accounts have reduced concurrency and memory quotas." The numbers are in the errors that
# people meet: https://github.com/awslabs/fhir-works-on-aws-deployment/issues/691 and
# https://github.com/alexcasalboni/aws-lambda-power-tuning/pull/181
BY_ACCOUNT = {
    "ordinary": Quotas(),
    "new": Quotas(concurrency=10, unreserved=10, function_memory_mb=3008),
}
