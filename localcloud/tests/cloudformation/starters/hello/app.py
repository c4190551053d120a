"""The hello-world starter's function."""

import json
from typing import Any


def lambda_handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    return {"statusCode": 200, "body": json.dumps({"message": "hello world"})}
