"""Settings of the local cloud: the environment variables LOCALCLOUD_*."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from localcloud.quotas import BY_ACCOUNT, Quotas

ACCOUNT_ID = "123456789012"


def _permissions_dir() -> Path | None:
    folder = os.environ.get("LOCALCLOUD_PERMISSIONS")
    return Path(folder).resolve() if folder else None


@dataclass(frozen=True)
class Settings:
    """Where the local cloud lives and how fast its time runs.

    ``time_scale`` multiplies every wait (Wait states, retry back-off, TTLs, replication lag): 1.0
    is AWS's own time. ``replication_lag``: AWS seconds until an S3 replica or a write to a global
    table arrives.
    """

    state_dir: Path
    time_scale: float = 0.1
    replication_lag: float = 5.0
    # AWS starts a sandbox for each concurrent call, which two cores could not.
    sandboxes_per_function: int = 4
    # SES identities that count as verified from the start, in every Region.
    verified_identities: tuple[str, ...] = ()
    quotas: Quotas = BY_ACCOUNT["ordinary"]
    # Of aws:invokeLambdaFunction in a runbook, which AWS does not document.
    function_errors_fail_steps: bool = True
    # Where the permissions that roles needed are written to, also by clouds inside a test.
    permissions_dir: Path | None = field(default_factory=_permissions_dir)

    @classmethod
    def from_environment(cls) -> Self:
        get = os.environ.get
        return cls(
            state_dir=Path(get("LOCALCLOUD_STATE", ".local")).resolve(),
            time_scale=float(get("LOCALCLOUD_TIME_SCALE", "0.1")),
            replication_lag=float(get("LOCALCLOUD_REPLICATION_LAG", "5")),
            sandboxes_per_function=int(get("LOCALCLOUD_SANDBOXES", "4")),
            verified_identities=tuple(get("LOCALCLOUD_VERIFIED_IDENTITIES", "").split()),
            quotas=_quotas(get("LOCALCLOUD_ACCOUNT", "ordinary")),
        )


def _quotas(account: str) -> Quotas:
    if account not in BY_ACCOUNT:
        kinds = " or ".join(BY_ACCOUNT)
        raise SystemExit(f"LOCALCLOUD_ACCOUNT is {account!r}; it can be {kinds}.")
    return BY_ACCOUNT[account]
