"""The input versions in an S3 notification."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from common import keys
from common.observability import logger
from common.runs import InputVersion


def input_versions(event: Mapping[str, Any]) -> list[InputVersion]:
    """Return everything under `input/` but folders. A test event of S3 has no Records.

    Whatever is not under `input/` is ignored: a notification that is configured too widely must not
    make our own outputs into inputs.
    """
    versions = [_version(record["s3"]["object"]) for record in event.get("Records", [])]
    inputs = [version for version in versions if version.key.startswith(keys.INPUT_PREFIX)]
    for version in filter(_is_folder, inputs):
        # `make deploy` writes one, and waits for this entry.
        logger.info("A folder is no input", key=version.key)
    return [version for version in inputs if not _is_folder(version)]


def _version(s3_object: Mapping[str, Any]) -> InputVersion:
    # Keys are URL-encoded, and a space is a `+`:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    key = unquote_plus(s3_object["key"])
    return InputVersion(key, s3_object["versionId"], s3_object["size"])


def _is_folder(version: InputVersion) -> bool:
    """Tell whether it is an empty object that consoles create for a "folder"."""
    return version.key.endswith("/") and version.size == 0
