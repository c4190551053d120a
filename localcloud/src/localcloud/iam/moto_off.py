"""moto judges bucket policies too, without their conditions: ours is to be the only judge."""

from __future__ import annotations

from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket


def silence_moto() -> None:
    """For the whole process: moto's S3 no longer refuses anything for a bucket's policy."""

    def neutral(self: FakeBucket, action: str, resource: str) -> Any:  # noqa: ARG001 - as moto's
        return PermissionResult.NEUTRAL

    FakeBucket.get_permission = neutral  # type: ignore[method-assign]  # a patch, see above
