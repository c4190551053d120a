"""Which ARN a name of an AWS managed policy stands for in a SAM template."""

from __future__ import annotations

from typing import Any


class ListedPolicies:
    """Read from IAM, once, when asked. ``iam`` is a boto3 client."""

    def __init__(self, iam: Any) -> None:
        self._iam = iam
        self._arns: dict[str, str] | None = None

    def load(self) -> dict[str, str]:
        """Name → ARN."""
        if self._arns is None:
            pages = self._iam.get_paginator("list_policies").paginate(Scope="AWS")
            self._arns = {
                policy["PolicyName"]: policy["Arn"] for page in pages for policy in page["Policies"]
            }
        return self._arns
