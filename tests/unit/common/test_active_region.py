"""Which Region is active, by the TXT record."""

from __future__ import annotations

from unittest.mock import MagicMock

import dns.resolver
import pytest

from common.active_region import QUERY_SECONDS, ActiveRegionUnknown, active_region
from tests.unit.helpers import set_active_region


def test_the_query_is_for_the_txt_record_and_has_a_timeout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolve = MagicMock(return_value=[MagicMock(strings=[b"us-", b"east-1"])])
    monkeypatch.setattr(dns.resolver, "resolve", resolve)
    assert active_region("active.x") == "us-east-1"
    resolve.assert_called_once_with("active.x", "TXT", lifetime=QUERY_SECONDS)


@pytest.mark.parametrize(
    "error", [dns.resolver.NXDOMAIN, dns.resolver.NoNameservers, dns.resolver.LifetimeTimeout]
)
def test_an_unknown_active_region_is_an_error(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    monkeypatch.setattr(dns.resolver, "resolve", MagicMock(side_effect=error))
    with pytest.raises(error):
        active_region("active.x")


@pytest.mark.parametrize("regions", [[], ["us-east-1", "us-west-2"]])
def test_the_record_has_exactly_one_value(
    monkeypatch: pytest.MonkeyPatch, regions: list[str]
) -> None:
    set_active_region(monkeypatch, *regions)
    with pytest.raises(ActiveRegionUnknown, match=f"{len(regions)} values"):
        active_region("active.x")
