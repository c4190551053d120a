"""Dynamic references: ``{{resolve:ssm:…}}``, ``ssm-secure``, ``secretsmanager``.

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
            return self.parameter(*parts[:2])
        if kind == "secretsmanager":
            return self._secret(parts)
        raise validation_error(f"Template error: unknown dynamic reference {kind}")

    def _secret(self, parts: list[str]) -> str:
        """``<id or ARN>:SecretString:<JSON key>:<stage>:<version>``; the end is optional."""
        length = 7 if parts[0] == "arn" else 1
        secret = ":".join(parts[:length])
        _, key, stage, version = [*parts[length:], "", "", "", ""][:4]
        options = {"VersionStage": stage, "VersionId": version}
        answer = self._client("secretsmanager").get_secret_value(
            SecretId=secret, **{name: value for name, value in options.items() if value}
        )
        text = str(answer["SecretString"])
        if not key:
            return text
        members = json.loads(text)
        if key not in members:
            raise validation_error(f"Could not find a value associated with JSONKey in {secret}")
        return str(members[key])
