"""Behind API Gateway: adds the financial data of a record's uuid to it."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, TypedDict

from aws_lambda_powertools.utilities.typing import LambdaContext

from common import aws
from common.observability import logger
from common.ready import answers_check
from common.settings import load
from enricher.financial_data import NoFinancialData, financial_columns
from enricher.request import BadRequest, fields_of

DYNAMODB = aws.dynamodb()


@dataclass(frozen=True)
class Settings:
    """Where the financial data lie."""

    financial_table: str


class Response(TypedDict):
    """What API Gateway's Lambda proxy integration takes."""

    statusCode: int
    headers: dict[str, str]
    body: str


@cache
def settings() -> Settings:
    """Read once."""
    return load(Settings)


@logger.inject_lambda_context(log_event=False)
@answers_check(settings)
def handler(event: dict[str, Any], _context: LambdaContext) -> Response:
    """Proxy event, body: the eight fields → 200 with fourteen, 404 or 400 with `reason`.

    Errors of DynamoDB are raised. API Gateway answers 502 for them, and the state machine tries
    again: only an answer of 404 makes a reject of the record.
    """
    try:
        fields = fields_of(event)
        return _response(200, fields | _finance(fields["uuid"]))
    except BadRequest as error:
        return _response(400, {"reason": str(error)})
    except NoFinancialData as error:
        return _response(404, {"reason": str(error)})


def _finance(uuid: str) -> dict[str, str]:
    found = DYNAMODB.get_item(TableName=settings().financial_table, Key={"uuid": {"S": uuid}})
    return financial_columns(found.get("Item"))


def _response(status: int, body: dict[str, str]) -> Response:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body, ensure_ascii=False),
    }
