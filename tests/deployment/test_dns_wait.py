"""deployment/deployer/dns_wait.py: both Regions' functions see the active Region."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deployment.deployer import dns_wait
from deployment.deployer.active_region import FunctionFailed
from deployment.deployer.dns_wait import await_dns
from deployment.deployer.errors import DeployError
from deployment.deployer.routing_controls import RoutingControls
from tests.deployment.fakes import FakeAws, plan

PLAN = plan()
PRIMARY, SECONDARY = PLAN.settings.regions
SHARED = {"ClusterArn": "c", "PrimaryControlArn": "p", "SecondaryControlArn": "s"}


@pytest.fixture(autouse=True)
def _controls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_wait, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(RoutingControls, "states", lambda _: ("Off", "On"))


def answers(monkeypatch: pytest.MonkeyPatch, **by_region: list[str]) -> None:
    """Each Region's function gives these answers, one after the other; the last one for good."""
    remaining: dict[str, Iterator[str]] = {}

    def ask(_aws: object, _plan: object, region: str) -> str:
        texts = by_region[region.replace("-", "_")]
        answer = next(remaining.setdefault(region, iter(texts)), texts[-1])
        if not answer:
            raise FunctionFailed("NXDOMAIN")
        return answer

    monkeypatch.setattr(dns_wait, "active_region", ask)


def test_an_old_answer_or_none_is_waited_out_in_each_region(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, eu_west_1=["", PRIMARY, SECONDARY], eu_central_1=[PRIMARY, SECONDARY])
    await_dns(FakeAws(), PLAN, SHARED)
    lines = capsys.readouterr().out.splitlines()
    assert sorted(lines) == [
        f"  DNS in {SECONDARY} names {SECONDARY}",
        f"  DNS in {PRIMARY} names {SECONDARY}",
    ]


def test_a_region_that_keeps_another_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, eu_west_1=[PRIMARY], eu_central_1=[SECONDARY])
    with pytest.raises(DeployError, match=f"in {PRIMARY} DNS answers '{PRIMARY}'"):
        await_dns(FakeAws(), PLAN, SHARED)


@pytest.mark.parametrize("states", [("Off", "Off"), ("On", "On")])
def test_without_one_active_region_there_is_nothing_to_wait_for(
    monkeypatch: pytest.MonkeyPatch, states: tuple[str, str]
) -> None:
    monkeypatch.setattr(RoutingControls, "states", lambda _: states)
    with pytest.raises(DeployError, match="exactly one has to be On"):
        await_dns(FakeAws(), PLAN, SHARED)
