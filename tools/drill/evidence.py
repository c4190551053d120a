"""What is known of every upload in the end, read through the AWS API and from the mails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError

from tools.drill.load import Upload
from tools.harness.deployment import Deployment
from tools.harness.mails import Mail, fetch, links
from tools.harness.runs import read_runs

LINK = "the link in the mail"
# Metadata of the copies that the reconciler makes (docs/architecture.md): those are no uploads.
_COPY = "batch-run-id"


@dataclass(frozen=True)
class Attempt:
    """An execution of the Main Orchestrator; epochs, no end while it runs."""

    region: str
    start: float
    end: float | None


@dataclass(frozen=True)
class Output:
    """A merged file and its rejects (if any), read in one place; or why that was impossible."""

    merged: bytes = b""
    rejects: bytes | None = None
    error: str = ""


@dataclass
class Evidence:
    """``versions``: when each (by id) was uploaded. ``rows`` by the Region whose copy of the state
    table holds them; ``outputs`` by place.
    """

    upload: Upload
    versions: dict[str, float] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    outputs: dict[str, Output] = field(default_factory=dict)

    @property
    def upload_time(self) -> float:
        """When S3 had it; 0 if it is nowhere."""
        return min(self.versions.values(), default=0.0)

    @property
    def row(self) -> dict[str, Any]:
        """The first there is, for showing; empty if there is none."""
        return next((row for rows in self.rows.values() for row in rows), {})


Files = Mapping[str, Evidence]  # by key


def gather(
    deployment: Deployment, uploads: Sequence[Upload], mails: Sequence[Mail]
) -> list[Evidence]:
    """One for each upload, in their order."""
    files = {upload.key: Evidence(upload) for upload in uploads}
    for region in deployment.regions:
        _add_rows(files, deployment, region)
        _add_versions(files, deployment.bucket(region), region)
        _add_attempts(files, deployment.orchestrator(region), region)
    for mail in mails:
        if file := files.get(f"input/{name_in(mail)}"):
            file.mails.append(mail)
    for file in files.values():
        file.attempts.sort(key=lambda attempt: attempt.start)
        file.outputs = _outputs(file, deployment)
    return list(files.values())


def name_in(mail: Mail) -> str:
    """The file that a mail is about, from its subject: `Processed: <name>`."""
    return str(mail["subject"]).partition(": ")[2]


def _add_rows(files: Files, deployment: Deployment, region: str) -> None:
    for file in files.values():
        file.rows[region] = []
    for row in read_runs(boto3.resource("dynamodb", region).Table(deployment.state_table)):
        if row["key"] in files:
            files[row["key"]].rows[region].append(row)


def _add_versions(files: Files, bucket: str, region: str) -> None:
    s3 = boto3.client("s3", region)
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix="input/"):
        for version in page.get("Versions", []):
            if (file := files.get(version["Key"])) is None:
                continue
            version_id = version["VersionId"]
            head = s3.head_object(Bucket=bucket, Key=version["Key"], VersionId=version_id)
            if _COPY not in head["Metadata"]:
                file.versions[version_id] = version["LastModified"].timestamp()


def _add_attempts(files: Files, machine: str, region: str) -> None:
    """Executions are named by run, from the second attempt on with a dash and its number."""
    runs = {row["run_id"]: file for file in files.values() for row in file.rows[region]}
    states = boto3.client("stepfunctions", region)
    for page in states.get_paginator("list_executions").paginate(stateMachineArn=machine):
        for execution in page["executions"]:
            name = execution["name"]
            file = runs.get(name) or runs.get(name.rpartition("-")[0])
            if file is not None:
                end = execution["stopDate"].timestamp() if "stopDate" in execution else None
                file.attempts.append(Attempt(region, execution["startDate"].timestamp(), end))


def _outputs(file: Evidence, deployment: Deployment) -> dict[str, Output]:
    """The merged file from the link in the mail and from both buckets."""
    outputs = {LINK: _through_link(file.mails)}
    if key := file.row.get("output_key"):
        for region in deployment.regions:
            outputs[region] = _from_bucket(deployment.bucket(region), region, key, file.row)
    return outputs


def _through_link(mails: Iterable[Mail]) -> Output:
    urls = [url for mail in mails for url in links(mail)]
    try:
        parts = [fetch(url) for url in urls[:2]]
    except OSError as error:
        return Output(error=str(error))
    return _output(parts) if parts else Output(error="there is none")


def _from_bucket(bucket: str, region: str, key: str, row: dict[str, Any]) -> Output:
    s3 = boto3.client("s3", region)
    keys = [key, f"{key}.rejects.csv"] if row["rows_rejected"] else [key]
    try:
        return _output([s3.get_object(Bucket=bucket, Key=name)["Body"].read() for name in keys])
    except ClientError as error:
        return Output(error=str(error))


def _output(parts: Sequence[bytes]) -> Output:
    return Output(parts[0], parts[1] if len(parts) > 1 else None)
