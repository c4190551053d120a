"""The door for tests: a local cloud in this process, and control over what happens in it.

    from localcloud.testing import local_cloud

    with local_cloud(tmp_path, time_scale=0.01) as cloud:
        s3 = cloud.client("s3", "us-east-1")
        cloud.objects.pause(source="us-east-1")             # replication
        fault = cloud.faults.cut(service="dynamodb", functions_in="us-east-1")
        with cloud.executions.hold("Merge all Files") as hold:
            execution = hold.wait()                          # it stands before that state
        fault.remove()
        assert cloud.settle(60)

Seconds are seconds of AWS time where ``time_scale`` shortens them (lags, delays, ``sleep``), and
real seconds where a test waits (``wait``, ``settle``).
"""

from __future__ import annotations

from localcloud.testing.automation import AutomationExecution
from localcloud.testing.calls import Call, CallFilter, Calls, RecordedCall
from localcloud.testing.cloud import LocalCloud, local_cloud
from localcloud.testing.dns import Dns
from localcloud.testing.executions import Execution, Executions
from localcloud.testing.expressions import evaluate, parse
from localcloud.testing.faults import ARC_REGIONS, Fault, Faults
from localcloud.testing.functions import Functions, Invocation
from localcloud.testing.hold import Hold
from localcloud.testing.replication import Replication
from localcloud.testing.s3_events import S3Event, S3Events
from localcloud.testing.stacks import Stack, StackResource

__all__ = [
    "ARC_REGIONS",
    "AutomationExecution",
    "Call",
    "CallFilter",
    "Calls",
    "Dns",
    "Execution",
    "Executions",
    "Fault",
    "Faults",
    "Functions",
    "Hold",
    "Invocation",
    "LocalCloud",
    "RecordedCall",
    "Replication",
    "S3Event",
    "S3Events",
    "Stack",
    "StackResource",
    "evaluate",
    "local_cloud",
    "parse",
]
