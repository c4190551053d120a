"""The role of an experiment."""

from __future__ import annotations

from localcloud.cloud import Cloud
from localcloud.fis.effects.base import ActionFailed
from localcloud.gateway.principals import Principal, role_session
from localcloud.iam import Authority


def assume(cloud: Cloud, role: str, session: str, experiment_arn: str) -> Principal:
    """A session of the role. Raises ActionFailed if it does not exist or does not trust FIS."""
    authority = cloud.find(Authority)
    if authority and not authority.can_assume(role, "fis.amazonaws.com", experiment_arn):
        raise ActionFailed("ConfigurationFailure", f"Unable to assume role {role}.")
    return role_session(role, session)
