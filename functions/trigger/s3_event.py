"""The input versions that an S3 notification tells of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from common import keys


@dataclass(frozen=True)
class Input:
    """One version of one input object; its size is in bytes."""

    key: str
    version_id: str
    size: int


def inputs(event: Mapping[str, Any]) -> list[Input]:
    """Everything under `input/` but the empty objects that consoles make as "folders".

    A test event of S3 has no Records. Anything outside `input/` would be one of our own outputs:
    a notification that is configured too wide must not make us feed ourselves.
    """
    found = [_input(record["s3"]["object"]) for record in event.get("Records", [])]
    return [one for one in found if one.key.startswith(keys.INPUT_PREFIX) and not _folder(one)]


def _input(described: Mapping[str, Any]) -> Input:
    # Keys come URL-encoded, a space as `+` (docs.aws.amazon.com, S3 event message structure).
    key = unquote_plus(described["key"])
    return Input(key=key, version_id=described["versionId"], size=described["size"])


def _folder(one: Input) -> bool:
    return one.key.endswith("/") and one.size == 0
