"""ResultWriter: the results of a Distributed Map go to S3, and a manifest names them.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.clock import iso
from localcloud.gateway.errors import not_emulated
from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.compact_json import dumps
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.execution import Execution
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.fields import Fields

_PUT_OBJECT = "arn:aws:states:::s3:putObject"


@dataclass(frozen=True)
class ResultWriter:
    arguments: Template | None  # Bucket, Prefix; without them results stay in the state's output
    transformation: str
    output_type: str

    def results(self, children: Sequence[Execution]) -> list[Any]:
        """The children's results, by WriterConfig.Transformation."""
        if self.transformation == "NONE":
            return [describe(child) for child in children]
        outputs = [child.output for child in children if child.status == "SUCCEEDED"]
        if self.transformation == "COMPACT":
            return outputs
        lists = [output if isinstance(output, list) else [output] for output in outputs]
        return [item for items in lists for item in items]

    def export(self, frame: Frame, map_run_arn: str, children: Sequence[Execution]) -> Any:
        """Write files and manifest; the Map's result. Raises States.ResultWriterFailed."""
        if self.arguments is None:
            return self.results(children)
        arguments = frame.evaluate(self.arguments)
        try:
            s3 = frame.branch.execution.client("s3")
            return self._write(s3, arguments, map_run_arn, children)
        except (ClientError, BotoCoreError, KeyError) as error:
            raise StateError("States.ResultWriterFailed", frame.locate(str(error))) from error

    def _write(
        self, s3: Any, arguments: Any, map_run_arn: str, children: Sequence[Execution]
    ) -> dict[str, Any]:
        parts = [str(arguments.get("Prefix", "")).strip("/"), str(uuid.uuid4())]
        prefix = "/".join(filter(None, parts))
        bucket = arguments["Bucket"]
        files: dict[str, list[dict[str, Any]]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
        succeeded = [child for child in children if child.status == "SUCCEEDED"]
        failed = [child for child in children if child.status not in ("SUCCEEDED", "PENDING")]
        by_status = {"SUCCEEDED": self.results(succeeded), "FAILED": [*map(describe, failed)]}
        for status, results in by_status.items():
            if results:
                key = f"{prefix}/{status}_0.{self.output_type.lower()}"
                body = self._encode(results)
                s3.put_object(Bucket=bucket, Key=key, Body=body)
                files[status].append({"Key": key, "Size": len(body)})
        manifest = {"DestinationBucket": bucket, "MapRunArn": map_run_arn, "ResultFiles": files}
        key = f"{prefix}/manifest.json"
        s3.put_object(Bucket=bucket, Key=key, Body=dumps(manifest).encode())
        return {"MapRunArn": map_run_arn, "ResultWriterDetails": {"Bucket": bucket, "Key": key}}

    def _encode(self, results: list[Any]) -> bytes:
        if self.output_type == "JSONL":
            return "".join(dumps(result) + "\n" for result in results).encode()
        return dumps(results).encode()


def describe(child: Execution) -> dict[str, Any]:
    """A child execution as result files hold it."""
    description: dict[str, Any] = {
        "ExecutionArn": child.arn,
        "Input": dumps(child.input),
        "InputDetails": {"Included": True},
        "Name": child.name,
        "RedriveCount": 0,
        "StartDate": iso(child.started),
        "StateMachineArn": child.machine.arn,
        "Status": child.status,
        "StopDate": iso(child.stopped or child.started),
    }
    if child.status == "SUCCEEDED":
        return {**description, "Output": dumps(child.output), "OutputDetails": {"Included": True}}
    return {**description, "Error": child.error, "Cause": child.cause}


def read_result_writer(fields: Fields) -> ResultWriter | None:
    writer = fields.object("ResultWriter")
    if writer is None:
        return None
    resource = writer.text("Resource")
    if resource not in (None, _PUT_OBJECT):
        raise not_emulated(f"the ResultWriter resource {resource}")
    arguments = writer.template("Arguments")
    if (resource is None) != (arguments is None):
        writer.report_here("Resource and Arguments of a ResultWriter go together")
    config = writer.object_or_empty("WriterConfig")
    default = "NONE" if resource else "COMPACT"
    result_writer = ResultWriter(
        arguments,
        config.choice("Transformation", ("NONE", "COMPACT", "FLATTEN"), default),
        config.choice("OutputType", ("JSON", "JSONL"), "JSON"),
    )
    config.report_unread()
    writer.report_unread()
    return result_writer
