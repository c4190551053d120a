"""The web-conn starter's functions, in one module."""

import json
import os
from typing import Any

import boto3

Json = dict[str, Any]
TABLE: Any = boto3.resource("dynamodb").Table(os.environ["SAMPLE_TABLE"])


def get_all_items(_event: Json, _context: object) -> Json:
    return _answer(TABLE.scan()["Items"])


def get_by_id(event: Json, _context: object) -> Json:
    return _answer(TABLE.get_item(Key={"id": event["pathParameters"]["id"]})["Item"])


def put_item(event: Json, _context: object) -> Json:
    item = json.loads(event["body"])
    TABLE.put_item(Item={"id": item["id"], "name": item["name"]})
    return _answer(item)


def _answer(body: Any) -> Json:
    return {"statusCode": 200, "body": json.dumps(body)}
