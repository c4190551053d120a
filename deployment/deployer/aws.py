"""Clients of AWS's services, with the operator's credentials."""

from __future__ import annotations

import threading
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import CredentialRetrievalError

STANDARD = Config(
    connect_timeout=10, read_timeout=70, retries={"mode": "standard", "total_max_attempts": 6}
)
# For questions about a Region that may be down.
QUICK = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})
# For a function that may take as long as the runbook waits for it.
PATIENT = Config(connect_timeout=10, read_timeout=300, retries={"total_max_attempts": 2})
# For many writes at once.
ADAPTIVE = Config(retries={"mode": "adaptive", "total_max_attempts": 8})


class Aws:
    """Creates each client once, under a lock: boto3 sessions are not safe for threads."""

    def __init__(self) -> None:
        self._session = boto3.Session()
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str, Config, str | None], Any] = {}

    def client(
        self, service: str, region: str, config: Config = STANDARD, endpoint: str | None = None
    ) -> Any:
        key = (service, region, config, endpoint)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._session.client(  # type: ignore[call-overload]  # names vary
                    service, region, config=config, endpoint_url=endpoint
                )
            return self._clients[key]

    def credentials(self) -> Any:
        return self._session.get_credentials()

    def account(self, region: str, config: Config = STANDARD) -> str:
        return self.identity(region, config)["Account"]

    def identity(self, region: str, config: Config = STANDARD) -> dict[str, str]:
        """Return GetCallerIdentity's answer, with Account and Arn of the principal."""
        sts = self.client("sts", region, config)
        try:
            return dict(sts.get_caller_identity())
        except RuntimeError as error:  # botocore's, if AWS_CREDENTIAL_EXPIRATION is over
            raise CredentialRetrievalError(provider="env", error_msg=str(error)) from error
