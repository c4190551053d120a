"""The units that are counted. A name is the service's, then what its price is for."""

TRANSITIONS = "states:Transitions"
EXPRESS_REQUESTS = "states:ExpressRequests"
EXPRESS_GB_SECONDS = "states:ExpressGBSeconds"
# Not billed: they say what was billed for, and so are seconds and calls.
EXPRESS_STATES = "states:ExpressStates"
EXPRESS_ITERATIONS = "states:ExpressIterations"
LAMBDA_REQUESTS = "lambda:Requests"
LAMBDA_GB_SECONDS = "lambda:GBSeconds"  # with -x86_64 or -arm64
LAMBDA_SECONDS = "lambda:Seconds"
HTTP_REQUESTS = "apigateway:HttpRequests"  # in increments of 512 KB
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
