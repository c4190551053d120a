"""Limits of Step Functions.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

import re
from typing import Any

from localcloud.stepfunctions.compact_json import size
from localcloud.stepfunctions.errors import DATA_LIMIT, StateError

DATA_BYTES = 262_144  # input or output of a state, a task or an execution, as UTF-8
HISTORY_EVENTS = 25_000  # of a Standard execution
INLINE_CONCURRENCY = 40
DISTRIBUTED_CONCURRENCY = 10_000
EXPRESS_SECONDS = 300.0
NAME_LENGTH = 80
VARIABLE_NAME_LENGTH = 80
LABEL_LENGTH = 40
MAX_SECONDS = 99_999_999
MAX_ITEMS = 100_000_000
MAX_TOLERATED = 10_000_000  # failures of a Map

# "names can't contain: white space, brackets < > { } [ ], wildcards ? *, special characters
# " # % \\ ^ | ~ ` $ & , ; : /, control characters":
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
_FORBIDDEN_IN_NAME = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff]")


def is_name(name: str) -> bool:
    return 0 < len(name) <= NAME_LENGTH and not _FORBIDDEN_IN_NAME.search(name)


def check_size(value: Any, name: str) -> None:
    """Raise States.DataLimitExceeded; ``name`` is the state's, or the task's resource."""
    if size(value) > DATA_BYTES:
        raise data_limit_exceeded(name)


def data_limit_exceeded(name: str) -> StateError:
    return StateError(
        DATA_LIMIT,
        f"The state/task '{name}' returned a result with a size exceeding the maximum number "
        "of bytes service limit.",
    )
