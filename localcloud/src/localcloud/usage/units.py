"""The units that are counted. A name is the service's, then what its price is for.

Those of ``INFORMATION`` cost nothing: others are estimated from them.
"""

TRANSITIONS = "states:Transitions"
EXPRESS_REQUESTS = "states:ExpressRequests"
EXPRESS_GB_SECONDS = "states:ExpressGBSeconds"
EXPRESS_STATES = "states:ExpressStates"
EXPRESS_ITERATIONS = "states:ExpressIterations"
LAMBDA_REQUESTS = "lambda:Requests"
LAMBDA_GB_SECONDS = "lambda:GBSeconds"  # with -x86_64 or -arm64
LAMBDA_SECONDS = "lambda:Seconds"
REST_REQUESTS = "apigateway:RestRequests"
READ_UNITS = "dynamodb:ReadUnits"
WRITE_UNITS = "dynamodb:WriteUnits"
REPLICATED_WRITE_UNITS = "dynamodb:ReplicatedWriteUnits"
REPLICATED_BYTES = "s3:ReplicatedBytes"
REPLICATED_OBJECTS = "s3:ReplicatedObjects"
RTC_BYTES = "s3:ReplicationTimeControlBytes"
ACCESS_POINT_BYTES = "s3:MultiRegionAccessPointBytes"
LOG_BYTES = "logs:Bytes"
METRIC_HOURS = "cloudwatch:MetricHours"
MAILS = "ses:Recipients"
ENDPOINT_BYTES = "vpce:InterfaceBytes"
CALLS = "calls"  # of any API, by action; which of them are billed, and how, is for the reader

INFORMATION = frozenset({EXPRESS_STATES, EXPRESS_ITERATIONS, LAMBDA_SECONDS, CALLS})
ALL = INFORMATION | {
    TRANSITIONS, EXPRESS_REQUESTS, EXPRESS_GB_SECONDS, LAMBDA_REQUESTS,
    f"{LAMBDA_GB_SECONDS}-x86_64", f"{LAMBDA_GB_SECONDS}-arm64", REST_REQUESTS, READ_UNITS,
    WRITE_UNITS, REPLICATED_WRITE_UNITS, REPLICATED_BYTES, REPLICATED_OBJECTS, RTC_BYTES,
    ACCESS_POINT_BYTES, LOG_BYTES, METRIC_HOURS, MAILS, ENDPOINT_BYTES,
}  # fmt: skip
