"""DynamoDB operations for several Regions, which moto does not know, and some limits."""

import json
from collections.abc import Callable
from typing import Any

from moto.dynamodb.models.table import Table

from localcloud.dynamodb import plain_reads
from localcloud.dynamodb.capacity import CapacityMeter
from localcloud.dynamodb.item_checks import check_items
from localcloud.dynamodb.query_checks import check_query
from localcloud.dynamodb.replicas import WRITE_TARGETS, Replicas, table_name
from localcloud.dynamodb.table_checks import check_new_table, check_update, invalid
from localcloud.dynamodb.tables import backend_of, find_table
from localcloud.gateway import moto_bridge
from localcloud.gateway.answer import serialize
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call

Body = dict[str, Any]
_BATCH_WRITES = 25
_UPDATES = ("UpdateItem", "TransactWriteItems")


class DynamoDbApi:
    """Handler of ``dynamodb``: checks each call; operations that are not here go to moto."""

    def __init__(self, replicas: Replicas, meter: CapacityMeter) -> None:
        self._replicas = replicas
        self._meter = meter
        self._operations: dict[str, Callable[[Call, Body], Response | None]] = {
            "GetItem": plain_reads.get_item,
            "BatchGetItem": plain_reads.batch_get_item,
            **dict.fromkeys(WRITE_TARGETS, self._write),
            "CreateTable": _check_new,
            "Query": self._query,
            "UpdateTable": self._update,
            "DescribeTable": self._describe,
            "DeleteTable": self._delete,
            "UpdateTimeToLive": self._time_to_live,
        }

    def __call__(self, call: Call) -> Response:
        body = json.loads(call.request.body or b"{}")
        check_items(body)
        before = self._meter.items(call, body)
        response = self._answer(call, body)
        self._meter.count(call, body, before, response)
        return response

    def _answer(self, call: Call, body: Body) -> Response:
        operation = self._operations.get(call.name)
        try:
            response = operation(call, body) if operation else None
            return response or moto_bridge.dispatch(call)
        except (ValueError, LookupError) as error:
            if b"Expression" not in call.request.body:
                raise
            raise invalid(f"Invalid expression: Syntax error; {error}") from error

    def _query(self, call: Call, body: Body) -> None:
        if table := find_table(call.region, table_name(body["TableName"])):
            check_query(table, body)

    def _write(self, call: Call, body: Body) -> Response | None:
        try:
            targets = list(WRITE_TARGETS[call.name](body))
        except (ValueError, KeyError) as error:
            message = "Supplied request is empty, must contain exactly one of the supported types"
            raise invalid(message) from error
        if call.name == "BatchWriteItem" and not 1 <= len(targets) <= _BATCH_WRITES:
            raise invalid("Too many items requested for the BatchWriteItem call")
        if not any(self._replicas.other_regions(name, call.region) for name, _ in targets):
            return None
        with moto_bridge.service_lock("dynamodb"):
            if call.name in _UPDATES:
                for name, attributes in targets:
                    self._replicas.prepare(name, call.region, attributes)
            response = moto_bridge.dispatch(call)
            if response.status < 300:
                for name, attributes in targets:
                    self._replicas.replicate(name, call.region, attributes)
        return response

    def _update(self, call: Call, body: Body) -> Response:
        _refuse_strong(body)
        check_update(body)
        name, updates = table_name(body["TableName"]), body.pop("ReplicaUpdates", [])
        with moto_bridge.service_lock("dynamodb"):
            for update in updates:
                self._update_replica(call, name, update)
            if body.keys() <= {"TableName"}:
                return self._describe(call, body, "TableDescription")
            response = moto_bridge.dispatch(call)
            if response.status < 300:
                for region in self._replicas.other_regions(name, call.region):
                    backend_of(region).update_table(name, **_shared(body))
        return self._with_replicas(call, name, response, "TableDescription")

    def _update_replica(self, call: Call, name: str, update: dict[str, Any]) -> None:
        ((action, details),) = update.items()
        region = details["RegionName"]
        if action == "Update" or details.keys() - {"RegionName"}:
            raise not_emulated(f"UpdateTable with ReplicaUpdates.{action} of {sorted(details)}")
        if action == "Create":
            self._create_replica(call, name, region)
        elif region in self._replicas.other_regions(name, call.region):
            backend_of(region).delete_table(name)
            self._replicas.remove(name, region)
        else:
            raise invalid(
                "Replica specified in the Replica Update or Replica Delete action of the request"
                " was not found."
            )

    def _create_replica(self, call: Call, name: str, region: str) -> None:
        table = self._table(call, name)
        if region == call.region or find_table(region, name):
            raise invalid(
                f"Failed to create a the new replica of table with name: '{name}' because one or"
                " more replicas already existed as tables."
            )
        if name in self._replicas.names() and not self._replicas.other_regions(name, call.region):
            raise not_emulated(f"a second global table named {name}")
        view = (table.stream_specification or {}).get("StreamViewType")
        if view != "NEW_AND_OLD_IMAGES":
            raise invalid(
                "Table must have stream enabled with view type NEW_AND_OLD_IMAGES"
                " to be a global table"
            )
        self._replicas.add(name, call.region, region)

    def _describe(self, call: Call, body: Body, member: str = "Table") -> Response:
        name = table_name(body["TableName"])
        if member == "Table":
            return self._with_replicas(call, name, moto_bridge.dispatch(call), member)
        response = serialize(call, self._table(call, name).describe(member))
        return self._with_replicas(call, name, response, member)

    def _table(self, call: Call, name: str) -> Table:
        if table := find_table(call.region, name):
            return table
        raise ApiError("ResourceNotFoundException", f"Table: {name} not found")

    def _with_replicas(self, call: Call, name: str, response: Response, member: str) -> Response:
        """Add the other replicas; as on AWS, that of the call's own Region is not listed."""
        regions = self._replicas.other_regions(name, call.region)
        if regions and response.status < 300:
            answer = json.loads(response.body)
            answer[member]["GlobalTableVersion"] = "2019.11.21"
            answer[member]["Replicas"] = [
                {"RegionName": region, "ReplicaStatus": "ACTIVE"} for region in regions
            ]
            response.body = json.dumps(answer).encode()
            for header in [name for name in response.headers if name.lower() in _BODY_HEADERS]:
                del response.headers[header]
        return response

    def _delete(self, call: Call, body: Body) -> Response:
        response = moto_bridge.dispatch(call)
        if response.status < 300:
            self._replicas.remove(table_name(body["TableName"]), call.region)
        return response

    def _time_to_live(self, call: Call, body: Body) -> Response:
        name = table_name(body["TableName"])
        with moto_bridge.service_lock("dynamodb"):
            table = find_table(call.region, name)
            is_on = table is not None and table.ttl["TimeToLiveStatus"] == "ENABLED"
            if is_on == body["TimeToLiveSpecification"]["Enabled"] and table:
                raise invalid(f"TimeToLive is already {'enabled' if is_on else 'disabled'}")
            response = moto_bridge.dispatch(call)
            if response.status < 300:
                for region in self._replicas.other_regions(name, call.region):
                    backend = backend_of(region)
                    backend.update_time_to_live(name, body["TimeToLiveSpecification"])
        return response


_BODY_HEADERS = ("content-length", "x-amz-crc32")


def _shared(body: Body) -> dict[str, Any]:
    """Return what an update changes in all replicas: not stream and deletion protection."""
    return {
        "attr_definitions": body.get("AttributeDefinitions"),
        "global_index": body.get("GlobalSecondaryIndexUpdates"),
        "throughput": body.get("ProvisionedThroughput"),
        "billing_mode": body.get("BillingMode"),
        "stream_spec": None,
        "deletion_protection_enabled": None,
        "warm_throughput": body.get("WarmThroughput"),
    }


def _check_new(_: Call, body: Body) -> None:
    _refuse_strong(body)
    check_new_table(body)


def _refuse_strong(body: Body) -> None:
    if body.get("MultiRegionConsistency") == "STRONG" or "GlobalTableWitnessUpdates" in body:
        raise not_emulated("global tables with strong consistency across Regions (MRSC)")
