"""ResultWriter: what becomes of the results of a Distributed Map's children.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html. The names of
the files, their entries and what a redrive writes are AWS's, as it was recorded in
https://github.com/radkawar/stackd/tree/main/testdata/aws/stepfunctions (distributed_map.json and
redrive_map.json).
"""

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.clock import iso
from localcloud.gateway.errors import not_emulated
from localcloud.iam import Authority
from localcloud.stepfunctions import quotas
from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.compact_json import dumps, size
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.execution import Execution
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.map_run import MapRun

log = logging.getLogger(__name__)

_PUT = "arn:aws:states:::s3:putObject"
# The policy for ResultWriter of the page above.
_ACTIONS = (
    "s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload",
)  # fmt: skip
# How much a file holds; AWS's files hold up to 5 GiB.
FILE_BYTES = 8 * 1024 * 1024
_FAILED = "States.ResultWriterFailed"
File = dict[str, Any]  # Key and Size


class Results(Protocol):
    """Gathers the results of one Map Run, and of its redrives."""

    def add(self, index: int, child: Execution) -> None:
        """Take the result of a child that has succeeded."""

    def finish(self, frame: Frame, map_run: MapRun) -> Any:
        """Return the result of the state. Raises StateError."""

    def fail(self, frame: Frame, map_run: MapRun) -> None:
        """The Map Run has failed."""


@dataclass(frozen=True)
class ResultWriter:
    """Without ``arguments`` the results are the state's own."""

    arguments: Template | None = None
    transformation: str = "COMPACT"
    output_type: str = "JSON"

    def results(self, frame: Frame) -> Results:
        if self.arguments is None:
            return ResultsInState(self)
        arguments = frame.evaluate(self.arguments)
        bucket, prefix = str(arguments.get("Bucket", "")), str(arguments.get("Prefix", ""))
        folder = frame.branch.execution.engine.cloud.settings.state_dir
        return ResultsInBucket(self, bucket, prefix, folder)

    def entries(self, child: Execution) -> list[Any]:
        """What the results have of a child; one that failed is described whatever is asked for."""
        if self.transformation == "NONE" or child.status != "SUCCEEDED":
            return [_description(child)]
        if self.transformation == "FLATTEN" and isinstance(child.output, list):
            return child.output
        return [child.output]


class ResultsInState:
    """As long as they fit into the state; what comes beyond is not kept."""

    def __init__(self, writer: ResultWriter) -> None:
        self._writer = writer
        self._lock = threading.Lock()
        self._entries: dict[int, list[Any]] = {}
        self._bytes = 0

    def add(self, index: int, child: Execution) -> None:
        entries = self._writer.entries(child)
        bytes_ = size(entries)
        with self._lock:
            self._bytes += bytes_ - 1  # one bracket of two is a comma, or one of the whole
            if self._bytes < quotas.DATA_BYTES:
                self._entries[index] = entries
            else:
                self._entries.clear()

    def finish(self, frame: Frame, _: MapRun) -> Any:
        if self._bytes >= quotas.DATA_BYTES:
            raise quotas.data_limit_exceeded(frame.state)
        return [entry for _, entries in sorted(self._entries.items()) for entry in entries]

    def fail(self, frame: Frame, map_run: MapRun) -> None:
        """There is nothing to write."""


class ResultsInBucket:
    """Waits in a file of this machine until the Map Run has ended."""

    def __init__(self, writer: ResultWriter, bucket: str, prefix: str, folder: Path) -> None:
        self._writer = writer
        self._bucket = bucket
        self._prefix = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
        self._folder = folder
        self._lock = threading.Lock()
        self._succeeded = self._new_file()
        self._written: list[File] = []  # with results of children that succeeded

    def add(self, _: int, child: Execution) -> None:
        with self._lock:
            self._succeeded.add(self._writer.entries(child))

    def finish(self, frame: Frame, map_run: MapRun) -> Any:
        """Write all, and return where the manifest is."""
        folder = f"{self._prefix}{map_run.arn.rpartition(':')[2]}/"
        if map_run.redrive_count:
            folder += f"Redrive-{map_run.redrive_count}/"
        manifest = f"{folder}manifest.json"
        _check_permissions(frame, self._bucket, manifest)
        try:
            self._write(frame, map_run, folder, manifest)
        except (ClientError, BotoCoreError) as error:
            raise StateError(_FAILED, str(error)) from error
        details = {"Bucket": self._bucket, "Key": manifest}
        return {"MapRunArn": map_run.arn, "ResultWriterDetails": details}

    def fail(self, frame: Frame, map_run: MapRun) -> None:
        """Write what there is; the Map Run fails with its own error all the same."""
        try:
            self.finish(frame, map_run)
        except StateError as error:
            log.warning("the results of %s are not written: %s", map_run.arn, error.cause)

    def _write(self, frame: Frame, map_run: MapRun, folder: str, manifest: str) -> None:
        client = frame.branch.execution.client("s3")
        files: dict[str, list[File]] = {"FAILED": [], "PENDING": []}
        unsuccessful = [child for _, child in sorted(frame.children.items())]
        entries = {
            "FAILED": (self._writer.entries(child) for child in unsuccessful),
            "PENDING": ([_pending(data)] for data in _never_started(frame)),
        }
        # A redrive writes the file of what succeeded even if nothing has, beside an earlier one.
        # What cannot be written now is kept for a redrive.
        if self._succeeded.length or self._written:
            self._written += self._put(client, folder, "SUCCEEDED", self._succeeded)
            self._succeeded.close()
            self._succeeded = self._new_file()
        for status, groups in entries.items():
            with closing(self._new_file()) as file:
                for group in groups:
                    file.add(group)
                if file.length:
                    files[status] = self._put(client, folder, status, file)
        content = {
            "DestinationBucket": self._bucket,
            "MapRunArn": map_run.arn,
            "ResultFiles": {**files, "SUCCEEDED": self._written},
        }
        client.put_object(
            Bucket=self._bucket,
            Key=manifest,
            Body=dumps(content).encode(),
            ContentType="application/octet-stream",
        )

    def _put(self, client: Any, folder: str, status: str, file: "_ResultFile") -> list[File]:
        """Write as many objects as it takes."""
        written = []
        for number, body in enumerate(file.parts()):
            key = f"{folder}{status}_{number}.{self._writer.output_type.lower()}"
            client.put_object(Bucket=self._bucket, Key=key, Body=body)
            written.append({"Key": key, "Size": len(body)})
        return written

    def _new_file(self) -> "_ResultFile":
        return _ResultFile(self._folder, self._writer.output_type == "JSONL")


class _ResultFile:
    """Entries, each on a line, which become JSON arrays or lines of JSON."""

    def __init__(self, folder: Path, is_lines: bool) -> None:
        self._folder = folder
        self._is_lines = is_lines
        self._file: BinaryIO | Any = None
        self.length = 0

    def add(self, entries: Iterable[Any]) -> None:
        if self._file is None:
            self._file = TemporaryFile(dir=self._folder)  # noqa: SIM115 - see close
        for entry in entries:
            self._file.write(dumps(entry).encode("utf-8", "surrogatepass") + b"\n")
            self.length += 1

    def parts(self) -> Iterator[bytes]:
        """Its contents, in parts that fit into memory; one if there are none."""
        if self._file is None:
            yield self._part([])
            return
        self._file.seek(0)
        while lines := self._file.readlines(FILE_BYTES):
            yield self._part(lines)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _part(self, lines: list[bytes]) -> bytes:
        if self._is_lines:
            return b"".join(lines)
        return b"[" + b",".join(line.rstrip(b"\n") for line in lines) + b"]"


def _never_started(frame: Frame) -> Iterator[Any]:
    if progress := frame.progress:
        for index, is_done in enumerate(progress.done):
            if not is_done and index not in frame.children:
                yield progress.inputs[index]


def _pending(data: Any) -> dict[str, Any]:
    return {"Input": dumps(data), "InputDetails": {"Included": True}, "Status": "PENDING"}


def _description(child: Execution) -> dict[str, Any]:
    """The members of DescribeExecution, each with a capital."""
    refusal = child.redrive_refusal()
    redrive = {
        "RedriveStatus": "NOT_REDRIVABLE" if refusal else "REDRIVABLE_BY_MAP_RUN",
        "RedriveStatusReason": refusal,
    }
    members = {
        "ExecutionArn": child.arn,
        "Input": dumps(child.input),
        "InputDetails": {"Included": True},
        "Name": child.name,
        "Output": dumps(child.output) if child.status == "SUCCEEDED" else None,
        "Error": child.error,
        "Cause": child.cause,
        "OutputDetails": {"Included": True},
        "RedriveCount": child.redrive_count,
        **({} if child.machine.is_express else redrive),
        "StartDate": iso(child.started),
        "StateMachineArn": child.machine.arn,
        "Status": child.status,
        "StopDate": iso(child.stopped) if child.stopped is not None else None,
    }
    return {name: value for name, value in members.items() if value is not None}


def _check_permissions(frame: Frame, bucket: str, key: str) -> None:
    """Raise StateError unless the role may do all that the page wants, in the machine's Region."""
    execution = frame.branch.execution
    cloud, machine = execution.engine.cloud, execution.machine
    if (authority := cloud.find(Authority)) is not None:
        resource = f"arn:aws:s3:::{bucket}/{key}"
        for action in _ACTIONS:
            decision = authority.allows(machine.principal, action, resource)
            if not decision.allowed:
                user = machine.principal.arn
                words = f"User: {user} is not authorized to perform: {action} on resource: "
                raise StateError(_FAILED, f'{words}"{resource}" {decision.reason}')
    try:
        answer = cloud.clients.client("s3", machine.region).get_bucket_location(Bucket=bucket)
    except ClientError as error:
        raise StateError(_FAILED, str(error)) from error
    if (answer.get("LocationConstraint") or "us-east-1") != machine.region:
        raise StateError(_FAILED, f"The bucket {bucket} is not in the Region {machine.region}.")


def read_result_writer(fields: Fields) -> ResultWriter:
    writer = fields.object("ResultWriter")
    if writer is None:
        return ResultWriter()
    is_exported = writer.has("Resource") or writer.has("Arguments")
    arguments = None
    if is_exported:
        writer.require("Resource", "Arguments")
        if (resource := writer.text("Resource") or _PUT) != _PUT:
            raise not_emulated(f"the ResultWriter resource {resource}")
        literal = writer.peek("Arguments")
        if isinstance(literal, dict):
            for name in sorted(literal.keys() - {"Bucket", "Prefix"}):
                raise not_emulated(f"{name} of a ResultWriter")
        arguments = writer.template("Arguments")
    elif not writer.has("WriterConfig"):
        writer.report_here("ResultWriter needs WriterConfig, or Resource and Arguments")
    config = writer.object_or_empty("WriterConfig")
    transformation, output_type = ("NONE" if is_exported else "COMPACT"), "JSON"
    if config.unread():
        for name in ("Transformation", "OutputType"):
            if not config.has(name):
                raise not_emulated(f"a WriterConfig without {name}")
        transformation = config.choice("Transformation", ("NONE", "COMPACT", "FLATTEN"), "NONE")
        output_type = config.choice("OutputType", ("JSON", "JSONL"), "JSON")
        config.report_unread()
        if output_type == "JSONL" and not is_exported:
            raise not_emulated("the OutputType JSONL of a ResultWriter without a bucket")
    writer.report_unread()
    return ResultWriter(arguments, transformation, output_type)
