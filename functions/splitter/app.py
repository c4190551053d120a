"""First step of a run: cuts the input into chunks and writes their manifest."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from common import aws
from common.observability import count, logger
from common.ready import answers_check
from common.settings import load
from splitter.split import Split, split

S3 = aws.s3()


@dataclass(frozen=True)
class Settings:
    """Limits of a chunk: `chunk_records` records, and `chunk_bytes` bytes of JSON in state."""

    bucket: str
    chunk_records: int = 200
    # Half of what Step Functions takes, so that a representation twice as long as ours still fits.
    chunk_bytes: int = 131_072
    delimiter: str = ","


@cache
def settings() -> Settings:
    """Read once."""
    return load(Settings)


@logger.inject_lambda_context(log_event=False)
@answers_check(settings)
def handler(event: dict[str, Any], _context: LambdaContext) -> Split:
    """`{run_id, key, version_id}` → `{manifest_key, chunks, rows_in}`, or InputRefused."""
    result = split(S3, settings(), event["run_id"], event["key"], event["version_id"])
    count("InputFilesSplit")
    logger.info("Split", run_id=event["run_id"], chunks=result["chunks"], rows_in=result["rows_in"])
    return result
