"""What is known of every upload in the end, read through the AWS API and from the mails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError

from tools.drill.load import Upload
from tools.harness.link import fetch, links
from tools.harness.watch import Deployment, scan

LINK = "the link in the mail"
# Metadata of the copies that the reconciler makes (docs/architecture.md): those are no uploads.
_COPY = "batch-run-id"


@dataclass(frozen=True)
class Attempt:
    """An execution of the Main Orchestrator; epochs, no end while it runs."""

    region: str
    began: float
    ended: float | None


@dataclass(frozen=True)
class Read:
    """A merged file and its rejects (if any), read in one place; or why that was impossible."""

    output: bytes = b""
    rejects: bytes | None = None
    error: str = ""


@dataclass
class Evidence:
    """``versions``: when each (by id) was uploaded. ``rows`` by the Region whose copy of the state
    table holds them; ``read`` by place.
    """

    upload: Upload
    versions: dict[str, float] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    mails: list[dict[str, Any]] = field(default_factory=list)
    read: dict[str, Read] = field(default_factory=dict)

    @property
    def uploaded(self) -> float:
        """When S3 had it; 0 if it is nowhere."""
        return min(self.versions.values(), default=0.0)

    @property
    def row(self) -> dict[str, Any]:
        """The first there is, for showing; empty if there is none."""
        return next((row for rows in self.rows.values() for row in rows), {})


def gather(
    deployment: Deployment, uploads: Sequence[Upload], mails: Sequence[dict[str, Any]]
) -> list[Evidence]:
    """One for each upload, in their order."""
    found = {upload.key: Evidence(upload) for upload in uploads}
    for region in deployment.regions:
        _add_rows(found, deployment, region)
        _add_versions(found, deployment.bucket(region), region)
        _add_attempts(found, deployment.orchestrator(region), region)
    for mail in mails:
        if one := found.get(f"input/{name_in(mail)}"):
            one.mails.append(mail)
    for one in found.values():
        one.attempts.sort(key=lambda attempt: attempt.began)
        one.read = _read(one, deployment)
    return list(found.values())


def name_in(mail: dict[str, Any]) -> str:
    """The file that a mail is about, from its subject: `Processed: <name>`."""
    return str(mail["subject"]).partition(": ")[2]


def _add_rows(found: dict[str, Evidence], deployment: Deployment, region: str) -> None:
    for one in found.values():
        one.rows[region] = []
    for row in scan(boto3.resource("dynamodb", region).Table(deployment.state_table)):
        if row["key"] in found:
            found[row["key"]].rows[region].append(row)


def _add_versions(found: dict[str, Evidence], bucket: str, region: str) -> None:
    s3 = boto3.client("s3", region)
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix="input/"):
        for version in page.get("Versions", []):
            if (one := found.get(version["Key"])) is None:
                continue
            version_id = version["VersionId"]
            head = s3.head_object(Bucket=bucket, Key=version["Key"], VersionId=version_id)
            if _COPY not in head["Metadata"]:
                one.versions[version_id] = version["LastModified"].timestamp()


def _add_attempts(found: dict[str, Evidence], machine: str, region: str) -> None:
    """Executions are named by run, from the second attempt on with a dash and its number."""
    runs = {row["run_id"]: one for one in found.values() for row in one.rows[region]}
    states = boto3.client("stepfunctions", region)
    for page in states.get_paginator("list_executions").paginate(stateMachineArn=machine):
        for given in page["executions"]:
            name = given["name"]
            one = runs.get(name) or runs.get(name.rpartition("-")[0])
            if one is not None:
                ended = given["stopDate"].timestamp() if "stopDate" in given else None
                one.attempts.append(Attempt(region, given["startDate"].timestamp(), ended))


def _read(one: Evidence, deployment: Deployment) -> dict[str, Read]:
    """The merged file from the link in the mail and from both buckets."""
    found = {LINK: _through_link(one.mails)}
    if key := one.row.get("output_key"):
        for region in deployment.regions:
            found[region] = _from_bucket(deployment.bucket(region), region, key, one.row)
    return found


def _through_link(mails: Iterable[dict[str, Any]]) -> Read:
    found = [url for mail in mails for url in links(mail)]
    try:
        parts = [fetch(url) for url in found[:2]]
    except OSError as error:
        return Read(error=str(error))
    return _read_of(parts) if parts else Read(error="there is none")


def _from_bucket(bucket: str, region: str, key: str, row: dict[str, Any]) -> Read:
    s3 = boto3.client("s3", region)
    keys = [key, f"{key}.rejects.csv"] if row["rows_rejected"] else [key]
    try:
        return _read_of([s3.get_object(Bucket=bucket, Key=one)["Body"].read() for one in keys])
    except ClientError as error:
        return Read(error=str(error))


def _read_of(parts: Sequence[bytes]) -> Read:
    return Read(parts[0], parts[1] if len(parts) > 1 else None)
