"""The times that the model assumes, in seconds. None of them was measured on AWS by us.

Each is meant to be on the slow side of what others report. Replace one by what your account shows
(CloudWatch: Lambda's Duration, API Gateway's Latency, the Chunk Processor's ExecutionTime), and
`make tune` and docs/limits.md follow.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumption:
    """A time in seconds, and why."""

    seconds: float
    name: str
    reason: str


# --------------------------------------------------------------------------------- One record
VALIDATION = Assumption(
    0.06, "Validate Data", "a transition of an Express workflow and a warm call of a function"
)
ENRICHMENT = Assumption(
    0.12, "Get Financial Data", "the same, and API Gateway with its signature, and a BatchGetItem"
)
ITERATION = Assumption(
    0.02, "an iteration of the Map", "two transitions without a call: the iteration and a Choice"
)
RECORD_OF_A_CALL = Assumption(
    0.002,
    "each further record of a call",
    "0.1 ms to validate and 0.1 ms to enrich at 0.29 of a processor, and its JSON in every state",
)

# ---------------------------------------------------------------------------------- One chunk
CHUNK = Assumption(
    0.6,
    "a chunk besides its records",
    "start of the child and of its Express execution, slot taken and freed, Read, Write",
)

# ----------------------------------------------------------------------------------- One file
BEGINNING = Assumption(
    4.0, "from the upload to the splitter", "S3's notification, two cold starts, StartExecution"
)
SPLIT_ROW = Assumption(
    2e-6, "split of a row", "make bench-files: 1.5 µs of processor time, and a whole processor"
)
SPLIT_CHUNK = Assumption(
    1e-4, "split of a chunk", "its line of the manifest, and its part of an object of 4 MiB"
)
MAP_RUN = Assumption(
    8.0,
    "begin and end of a Map Run",
    "seven seconds for a Map of a hundred items that do nothing: "
    "https://repost.aws/questions/QUn5oKgcnjRTemt39V9hdtyw",
)
COLD_STARTS = Assumption(
    2.0, "cold starts of the first chunks", "Python, a layer of 30 MB, and a VPC: about a second"
)
MERGE_CHUNK = Assumption(
    0.0038,
    "merge of a chunk",
    "two requests, for its rows and for its rejects: 1.1 ms of processor time in boto3 each, and "
    "25 ms, 32 at once",
)
MERGE_ROW = Assumption(1e-6, "merge of a row", "make bench-files: 0.7 µs of processor time")
REPLICATION = Assumption(
    30.0,
    "replication of the result",
    'S3: "most objects … in seconds", 99.99 % in 15 minutes; it is looked at every 5 s: '
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html",
)
MAIL = Assumption(3.0, "fence and mail", "a cold start, a DNS query, SES")

ALL = tuple(value for value in globals().values() if isinstance(value, Assumption))
