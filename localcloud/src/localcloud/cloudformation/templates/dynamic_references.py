"""Dynamic references:

``{{resolve:ssm:…}}``, ``{{resolve:ssm-secure:…}}``, ``{{resolve:secretsmanager:…}}``.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from localcloud.cloudformation.errors import validation_error

_REFERENCE = re.compile(r"\{\{resolve:([a-z-]+):([^{}]+)\}\}")


class DynamicReferences:
    """``client(service)`` gives boto3 clients that call as the deployer."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._client = client

    def resolve(self, text: str) -> str:
        return _REFERENCE.sub(lambda match: self._value(match[1], match[2].split(":")), text)

    def parameter(self, name: str, version: str | None = None) -> str:
        ssm = self._client("ssm")
        try:
            answer = ssm.get_parameter(
                Name=f"{name}:{version}" if version else name, WithDecryption=True
            )
        except ssm.exceptions.ParameterNotFound as error:
            raise validation_error(
                f"Unable to fetch parameters [{name}] from parameter store for this account."
            ) from error
        return str(answer["Parameter"]["Value"])

    def _value(self, kind: str, parts: list[str]) -> str:
        if kind in ("ssm", "ssm-secure"):
            return self.parameter(parts[0], parts[1] if len(parts) > 1 else None)
        if kind == "secretsmanager":
            return self._secret(parts)
        raise validation_error(f"Template error: unknown dynamic reference {kind}")

    def _secret(self, parts: list[str]) -> str:
        """``<id or ARN>:SecretString:<json key>:<stage>:<version>``, the end of it optional."""
        length = 7 if parts[0] == "arn" else 1
        secret, rest = ":".join(parts[:length]), [*parts[length:], "", "", "", ""]
        given = {"VersionStage": rest[2], "VersionId": rest[3]}
        answer = self._client("secretsmanager").get_secret_value(
            SecretId=secret, **{key: value for key, value in given.items() if value}
        )
        text = str(answer["SecretString"])
        if not rest[1]:
            return text
        members = json.loads(text)
        if rest[1] not in members:
            raise validation_error(f"Could not find a value associated with JSONKey in {secret}")
        return str(members[rest[1]])
