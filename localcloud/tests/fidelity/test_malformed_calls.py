"""Whatever a call looks like, the local cloud answers it in AWS's words, and does not crash.

``LOCALCLOUD_MALFORMED_CALLS=5000`` tries more of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from localcloud.gateway.errors import INTERNAL_FAILURE
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Request
from localcloud.testing import LocalCloud, local_cloud
from tests.fidelity.malformed import Resources, calls
from tests.fidelity.resources import create

_CALLS = int(os.environ.get("LOCALCLOUD_MALFORMED_CALLS", "400"))


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with local_cloud(tmp_path_factory.mktemp("cloud"), time_scale=0.01) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def resources(cloud: LocalCloud) -> Resources:
    return create(cloud)


def test_no_call_crashes(cloud: LocalCloud, resources: Resources) -> None:
    @settings(
        max_examples=_CALLS,
        deadline=None,
        derandomize="LOCALCLOUD_MALFORMED_CALLS" not in os.environ,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(calls(resources))
    def send(call: tuple[str, str, Request]) -> None:
        service, name, request = call
        with suppress(ConnectionCut):
            response = cloud._cloud.gateway.handle(request, cloud._cloud.principals.admin)
            assert response.status != 500, f"{service}:{name} {request} {response}"
            assert f"the operation {service}:{name}".encode() not in response.body

    send()
    assert not [action for action, outcome in cloud.calls.outcomes() if outcome == INTERNAL_FAILURE]
