"""Switches off moto's own check of bucket policies, which ignores conditions."""

from __future__ import annotations

from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket


def silence_moto() -> None:
    """From now on moto's S3 refuses nothing for a bucket's policy, in the whole process."""

    def neutral(_bucket: FakeBucket, _action: str, _resource: str) -> Any:
        return PermissionResult.NEUTRAL

    FakeBucket.get_permission = neutral  # type: ignore[assignment,method-assign]  # a patch, see above
