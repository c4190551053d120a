"""Every quota of AWS that bounds this system, in one place, each with its source.

The numbers are AWS's defaults of November 2026. `tools/limits` compares them with the templates.
"""

from __future__ import annotations

from dataclasses import dataclass

_DOCS = "https://docs.aws.amazon.com"
_STEP_FUNCTIONS = f"{_DOCS}/step-functions/latest/dg/service-quotas.html"
_LAMBDA = f"{_DOCS}/lambda/latest/dg/gettingstarted-limits.html"
_API_GATEWAY = f"{_DOCS}/apigateway/latest/developerguide/limits.html"
_HTTP_API = f"{_DOCS}/apigateway/latest/developerguide/http-api-quotas.html"
_DYNAMODB = f"{_DOCS}/amazondynamodb/latest/developerguide/ServiceQuotas.html"
_ON_DEMAND = f"{_DOCS}/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html"
_PARTITION = f"{_DOCS}/amazondynamodb/latest/developerguide/bp-partition-key-design.html"
_S3_RATES = f"{_DOCS}/AmazonS3/latest/userguide/optimizing-performance.html"
_MULTIPART = f"{_DOCS}/AmazonS3/latest/userguide/qfacts.html"
_S3_KEYS = f"{_DOCS}/AmazonS3/latest/userguide/object-keys.html"
_RTC = f"{_DOCS}/AmazonS3/latest/userguide/replication-time-control.html"
_CLOUDFORMATION = f"{_DOCS}/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
_IAM = f"{_DOCS}/IAM/latest/UserGuide/reference_iam-quotas.html"
_VPC = f"{_DOCS}/vpc/latest/userguide/amazon-vpc-limits.html"
_EVENTBRIDGE = f"{_DOCS}/eventbridge/latest/userguide/eb-quota.html"
_CLOUDWATCH = f"{_DOCS}/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"
_SES = f"{_DOCS}/ses/latest/dg/quotas.html"
_SSM = f"{_DOCS}/general/latest/gr/ssm.html"

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


@dataclass(frozen=True)
class Quota:
    """A quota, as an ordinary account has it by default, and as a new account has it.

    `low` is the default in Regions that have less than the others.
    """

    service: str
    name: str
    value: float
    source: str
    unit: str = ""
    new_account: float | None = None
    low: float | None = None
    is_adjustable: bool = False

    def default(self, *, has_less: bool) -> float:
        """Return the default of a Region, which may be one of those that have less."""
        return self.low if has_less and self.low is not None else self.value


# ------------------------------------------------------------------------------- Step Functions
STATE_BYTES = Quota(
    "Step Functions", "input or output of a state", 256 * KIB, _STEP_FUNCTIONS, "bytes"
)
HISTORY_EVENTS = Quota("Step Functions", "events of a Standard execution", 25_000, _STEP_FUNCTIONS)
EXPRESS_SECONDS = Quota(
    "Step Functions", "duration of an Express execution", 300, _STEP_FUNCTIONS, "s"
)
# The client that calls waits for a response so long by default, and Step Functions is one.
# https://docs.aws.amazon.com/botocore/latest/reference/config.html
SYNC_CALL_SECONDS = Quota(
    "Step Functions",
    "wait of an SDK for a synchronous call, by default",
    60,
    f"{_DOCS}/step-functions/latest/apireference/API_StartSyncExecution.html",
    "s",
)
STANDARD_SECONDS = Quota(
    "Step Functions", "duration of a Standard execution", 365 * 86_400, _STEP_FUNCTIONS, "s"
)
DEFINITION_BYTES = Quota(
    "Step Functions", "definition of a state machine", 1_000_000, _STEP_FUNCTIONS, "bytes"
)
INLINE_CONCURRENCY = Quota(
    "Step Functions",
    "iterations of an inline Map at once",
    40,
    f"{_DOCS}/step-functions/latest/dg/state-map-inline.html",
)
CHILDREN = Quota("Step Functions", "children of a Map Run at once", 10_000, _STEP_FUNCTIONS)
CHILD_STARTS = Quota(
    "Step Functions", "starts of Standard children of a Map Run", 100, _STEP_FUNCTIONS, "a second"
)
MAP_RUNS = Quota("Step Functions", "open Map Runs; further ones wait", 1_000, _STEP_FUNCTIONS)
MAP_ITEMS = Quota(
    "Step Functions",
    "items of a Map Run",
    100_000_000,
    f"{_DOCS}/step-functions/latest/dg/input-output-itemreader.html",
)
MAP_INPUT_BYTES = Quota(
    "Step Functions",
    "file that a Map reads",
    10 * GIB,
    f"{_DOCS}/step-functions/latest/dg/input-output-itemreader.html",
    "bytes",
)
TRANSITIONS = Quota(
    "Step Functions",
    "transitions of Standard executions",
    5_000,
    _STEP_FUNCTIONS,
    "a second",
    low=800,
    is_adjustable=True,
)
STARTS = Quota(
    "Step Functions",
    "StartExecution, Standard; after a burst of 1,300 (800)",
    300,
    _STEP_FUNCTIONS,
    "a second",
    low=150,
    is_adjustable=True,
)

# --------------------------------------------------------------------------------------- Lambda
FUNCTIONS = Quota(
    "Lambda",
    "functions that run at once in a Region",
    1_000,
    _LAMBDA,
    new_account=10,
    is_adjustable=True,
)
# "10 x concurrent executions quota (synchronous)": an environment that answers in
# less than a tenth of a second counts as if it took a tenth.
CALLS_PER_FUNCTION = 10
INVOCATIONS = Quota(
    "Lambda",
    "synchronous calls: 10 x functions at once",
    FUNCTIONS.value * CALLS_PER_FUNCTION,
    _LAMBDA,
    "a second",
    new_account=10 * CALLS_PER_FUNCTION,
    is_adjustable=True,
)
SCALING = Quota(
    "Lambda",
    "new environments of a function in 10 seconds",
    1_000,
    f"{_DOCS}/lambda/latest/dg/lambda-concurrency.html#scaling-rate",
)
PAYLOAD_BYTES = Quota("Lambda", "synchronous request or response", 6 * MIB, _LAMBDA, "bytes")
FUNCTION_SECONDS = Quota("Lambda", "duration of a call", 900, _LAMBDA, "s")
VARIABLES_BYTES = Quota("Lambda", "environment variables of a function", 4 * KIB, _LAMBDA, "bytes")

# ---------------------------------------------------------------------------------- API Gateway
API_REQUESTS = Quota(
    "API Gateway",
    "requests of all APIs in a Region",
    10_000,
    _API_GATEWAY,
    "a second",
    low=2_500,
    is_adjustable=True,
)
API_SECONDS = Quota("API Gateway", "wait of an HTTP API for a function", 30, _HTTP_API, "s")
API_PAYLOAD_BYTES = Quota("API Gateway", "request or response", 10 * MIB, _HTTP_API, "bytes")

# ------------------------------------------------------------------------------------- DynamoDB
TABLE_READS = Quota(
    "DynamoDB", "read units of a new on-demand table", 12_000, _ON_DEMAND, "a second"
)
TABLE_WRITES = Quota(
    "DynamoDB", "write units of a new on-demand table", 4_000, _ON_DEMAND, "a second"
)
PARTITION_WRITES = Quota("DynamoDB", "write units of a partition", 1_000, _PARTITION, "a second")
ITEM_BYTES = Quota("DynamoDB", "size of an item", 400 * KIB, _DYNAMODB, "bytes")

# ------------------------------------------------------------------------------------------- S3
PREFIX_WRITES = Quota("S3", "PUT requests of a prefix", 3_500, _S3_RATES, "a second")
PREFIX_READS = Quota("S3", "GET requests of a prefix", 5_500, _S3_RATES, "a second")
PARTS = Quota("S3", "parts of a multipart upload", 10_000, _MULTIPART)
KEY_BYTES = Quota("S3", "length of a key", 1_024, _S3_KEYS, "bytes")
REPLICATED_BYTES = Quota(
    "S3", "replication with Time Control", 1e9 / 8, _RTC, "bytes a second", is_adjustable=True
)

# ------------------------------------------------------------------------------- CloudFormation
TEMPLATE_BYTES = Quota("CloudFormation", "size of a template", 1 * MIB, _CLOUDFORMATION, "bytes")
RESOURCES = Quota("CloudFormation", "resources of a template", 500, _CLOUDFORMATION)
PARAMETERS = Quota("CloudFormation", "parameters of a template", 200, _CLOUDFORMATION)
OUTPUTS = Quota("CloudFormation", "outputs of a template", 200, _CLOUDFORMATION)

# ------------------------------------------------------------------------- IAM, VPC, and others
ROLE_POLICY_BYTES = Quota(
    "IAM", "inline policies of a role, without white space", 10_240, _IAM, "characters"
)
ATTACHED_POLICIES = Quota("IAM", "managed policies of a role", 10, _IAM, is_adjustable=True)
VPCS = Quota("VPC", "VPCs of a Region", 5, _VPC, is_adjustable=True)
INTERFACE_ENDPOINTS = Quota("VPC", "interface endpoints of a VPC", 50, _VPC, is_adjustable=True)
LAMBDA_INTERFACES = Quota(
    "VPC",
    "network interfaces of Lambda in a VPC; one a subnet and security group",
    500,
    _LAMBDA,
    is_adjustable=True,
)
# A /24 has 256 addresses, of which AWS keeps five.
SUBNET_ADDRESSES = Quota(
    "VPC",
    "addresses of a subnet of /24",
    251,
    f"{_DOCS}/vpc/latest/userguide/subnet-sizing.html",
)
RULE_TARGETS = Quota("EventBridge", "targets of a rule", 5, _EVENTBRIDGE)
ALARMS = Quota("CloudWatch", "alarms of a Region", 5_000, _CLOUDWATCH, is_adjustable=True)
DASHBOARD_METRICS = Quota("CloudWatch", "metrics of a dashboard", 2_500, _CLOUDWATCH)
WIDGET_METRICS = Quota("CloudWatch", "metrics of a widget", 500, _CLOUDWATCH)
RUNBOOK_BYTES = Quota("Systems Manager", "size of a document", 64 * KIB, _SSM, "bytes")
MAILS = Quota(
    "SES",
    "mails in 24 hours; every account begins in the sandbox",
    50_000,
    f"{_DOCS}/ses/latest/dg/manage-sending-quotas.html",
    new_account=200,
    is_adjustable=True,
)
MAIL_RATE = Quota(
    "SES",
    "mails",
    14,
    f"{_DOCS}/ses/latest/dg/manage-sending-quotas.html",
    "a second",
    new_account=1,
    is_adjustable=True,
)
MAIL_BYTES = Quota("SES", "size of a mail", 40 * MIB, _SES, "bytes")
# SES passes on what RFC 5322, 2.1.1, says of every mail.
MAIL_LINE = Quota(
    "SES",
    "line of a mail",
    998,
    f"{_DOCS}/ses/latest/dg/send-email-raw.html",
    "characters",
)

# Regions whose quotas are the higher ones.
MANY_TRANSITIONS = ("us-east-1", "us-west-2", "eu-west-1")
# Regions where API Gateway allows `low`. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
FEW_API_REQUESTS = (
    "af-south-1", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
    "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1",
    "me-central-1", "mx-central-1",
)  # fmt: skip
