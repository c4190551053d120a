"""Pauses the replication of buckets and of global tables.

https://docs.aws.amazon.com/fis/latest/userguide/cross-region-scenario.html: the experiment's Region
is cut off from the others, in both directions for a table; a bucket stops sending.
"""

from __future__ import annotations

from contextlib import ExitStack
from itertools import product

from localcloud.dynamodb.replicas import Replicas
from localcloud.fis.role import ActionFailed, Run, Undo
from localcloud.gateway.errors import not_emulated
from localcloud.s3.replication import Replication


def check_s3(parameters: dict[str, str]) -> None:
    for name in ("destinationBuckets", "prefixes"):
        if name in parameters:
            raise not_emulated(f"{name} of aws:s3:bucket-pause-replication")


def begin_s3(run: Run) -> Undo:
    pausing = {"s3__IsReplicationPauseRequest": "true"}
    for bucket in run.targets:
        run.require("s3:PauseReplication", bucket, **pausing)
        run.require("s3:PutReplicationConfiguration", bucket, **pausing)
        run.require("s3:GetReplicationConfiguration", bucket, **pausing)
    replication, target = run.cloud.get(Replication), run.parameters["region"]
    undo = ExitStack()
    for name in [arn.rsplit(":", 1)[-1] for arn in run.targets]:
        replication.pause(name, target=target)
        undo.callback(replication.resume, name, target=target)
    return undo.close


def begin_dynamodb(run: Run) -> Undo:
    for table in run.targets:
        for action in ("PutResourcePolicy", "DeleteResourcePolicy", "GetResourcePolicy",
                       "DescribeTable"):  # fmt: skip
            run.require(f"dynamodb:{action}", table)
    replicas = run.cloud.get(Replicas)
    names = [arn.rsplit("/", 1)[-1] for arn in run.targets]
    for name in names:
        if not replicas.other_regions(name, run.region):
            raise ActionFailed("InvalidTarget", f"The table {name} is no global table.")
    undo = ExitStack()
    for name, end in product(names, ("source", "target")):
        replicas.pause(name, **{end: run.region})
        undo.callback(replicas.resume, name, **{end: run.region})
    return undo.close
