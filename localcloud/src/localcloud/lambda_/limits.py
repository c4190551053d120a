"""Lambda's quotas and names.

From https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html and botocore's model of
the API (2015-03-31).
"""

MIB = 1024 * 1024

TIMEOUT_SECONDS = 900
EPHEMERAL_MB = 10_240
NAME_CHARACTERS = 64
ENVIRONMENT_BYTES = 4096
LAYERS_PER_FUNCTION = 5
# "50 MB zipped, direct upload" is checked on the whole request, base64 included: AWS's message
# names this number.
DIRECT_UPLOAD_BYTES = 50 * MIB
DIRECT_REQUEST_BYTES = 70_167_211
UNZIPPED_BYTES = 262_144_000
CODE_STORAGE_BYTES = 80_530_636_800

SYNC_REQUEST_BYTES = 6 * MIB
# 1 MB since October 2025 (256 KB before): documentation of Invoke in botocore's model.
ASYNC_REQUEST_BYTES = 1 * MIB
# 6 MB and 100 bytes; the error message of AWS prints 6291556.
RESPONSE_BYTES = 6 * MIB + 100
LOG_TAIL_BYTES = 4096

# "The Init phase is limited to 10 seconds" (lambda-runtime-environment.html); then it is tried
# again within the timeout.
INIT_SECONDS = 10.0

# Asynchronous invocation:
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
RETRY_ATTEMPTS = 2
RETRY_DELAYS = (60.0, 120.0)
EVENT_AGE_SECONDS = 21_600
THROTTLE_BACKOFF = (1.0, 300.0)

RUNTIMES = tuple(f"python3.{minor}" for minor in range(9, 15))
RETIRED_RUNTIMES = ("python2.7", "python3.6", "python3.7", "python3.8")

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
RESERVED_VARIABLES = frozenset({
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
})  # fmt: skip
