"""ResultWriter: the results of a Distributed Map go to S3, and a manifest names them.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.clock import iso
from localcloud.gateway.errors import not_emulated
from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.quotas import dumps

if TYPE_CHECKING:
    from localcloud.stepfunctions.execution import Execution

_PUT = "arn:aws:states:::s3:putObject"


@dataclass(frozen=True)
class ResultWriter:
    arguments: Template | None  # Bucket, Prefix; without them results stay in the state's output
    transformation: str
    as_lines: bool

    def results(self, children: Sequence[Execution]) -> list[Any]:
        """What of the children goes on, by WriterConfig.Transformation."""
        done = [child for child in children if child.status == "SUCCEEDED"]
        if self.transformation == "NONE":
            return [describe(child) for child in children]
        outputs = [child.output for child in done]
        if self.transformation == "COMPACT":
            return outputs
        flat: list[Any] = []
        for output in outputs:
            flat.extend(output if isinstance(output, list) else [output])
        return flat

    def export(self, frame: Frame, map_run_arn: str, children: Sequence[Execution]) -> Any:
        """Write files and manifest; the Map's result. Raises States.ResultWriterFailed."""
        if self.arguments is None:
            return self.results(children)
        where = frame.evaluate(self.arguments)
        client = frame.branch.execution.client("s3")
        prefix = "/".join(
            filter(None, [str(where.get("Prefix", "")).strip("/"), str(uuid.uuid4())])
        )
        files: dict[str, list[dict[str, Any]]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
        try:
            for status, chosen in self._by_status(children).items():
                if chosen:
                    suffix = "jsonl" if self.as_lines else "json"
                    key = f"{prefix}/{status}_0.{suffix}"
                    body = self._body(chosen).encode()
                    client.put_object(Bucket=where["Bucket"], Key=key, Body=body)
                    files[status].append({"Key": key, "Size": len(body)})
            manifest = {
                "DestinationBucket": where["Bucket"],
                "MapRunArn": map_run_arn,
                "ResultFiles": files,
            }
            key = f"{prefix}/manifest.json"
            client.put_object(Bucket=where["Bucket"], Key=key, Body=dumps(manifest).encode())
        except (ClientError, BotoCoreError, KeyError) as error:
            raise StateError(
                "States.ResultWriterFailed", frame.at_this_state(str(error))
            ) from error
        details = {"Bucket": where["Bucket"], "Key": key}
        return {"MapRunArn": map_run_arn, "ResultWriterDetails": details}

    def _by_status(self, children: Sequence[Execution]) -> dict[str, list[Any]]:
        succeeded = [child for child in children if child.status == "SUCCEEDED"]
        failed = [child for child in children if child.status not in ("SUCCEEDED", "PENDING")]
        return {
            "SUCCEEDED": self.results(succeeded),
            "FAILED": [describe(child) for child in failed],
        }

    def _body(self, values: list[Any]) -> str:
        if self.as_lines:
            return "".join(dumps(value) + "\n" for value in values)
        return dumps(values)


def describe(child: Execution) -> dict[str, Any]:
    """A child execution as result files hold it."""
    described: dict[str, Any] = {
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
        described |= {"Output": dumps(child.output), "OutputDetails": {"Included": True}}
    else:
        described |= {"Error": child.error, "Cause": child.cause}
    return described


def read_result_writer(fields: Fields) -> ResultWriter | None:
    sub = fields.sub("ResultWriter")
    if sub is None:
        return None
    resource = sub.text("Resource")
    if resource not in (None, _PUT):
        raise not_emulated(f"the ResultWriter resource {resource}")
    arguments = sub.template("Arguments")
    if (resource is None) != (arguments is None):
        sub.diagnostics.add(sub.location, "Resource and Arguments of a ResultWriter go together")
    config = sub.sub("WriterConfig") or Fields({}, sub.location, sub.diagnostics)
    default = "NONE" if resource else "COMPACT"
    writer = ResultWriter(
        arguments,
        config.choice("Transformation", ("NONE", "COMPACT", "FLATTEN"), default),
        config.choice("OutputType", ("JSON", "JSONL"), "JSON") == "JSONL",
    )
    config.done()
    sub.done()
    return writer
