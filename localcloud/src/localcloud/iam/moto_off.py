"""Switches off moto's own checks of policies, which ignore conditions and want a Version."""

from typing import Any

from moto.iam.access_control import PermissionResult
from moto.iam.policy_validation import IAMPolicyDocumentValidator, IAMTrustPolicyDocumentValidator
from moto.s3.models import FakeAcl, FakeBucket


def silence_moto() -> None:
    """From now on moto refuses nothing for a policy or in one, in the whole process."""

    def neutral(_bucket: FakeBucket, _action: str, _resource: str) -> Any:
        return PermissionResult.NEUTRAL

    FakeBucket.get_permission = neutral  # type: ignore[assignment,method-assign]  # a patch, see above
    FakeAcl.public_read = property(lambda _: True)  # type: ignore[assignment]  # as above
    for validator in (IAMPolicyDocumentValidator, IAMTrustPolicyDocumentValidator):
        validator.validate = lambda _: None  # type: ignore[method-assign]  # as above
