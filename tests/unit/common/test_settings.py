"""Settings from the environment."""

from dataclasses import dataclass

import pytest

from common.settings import SettingsError, load


@dataclass(frozen=True)
class Example:
    """Two that are required and one that is not."""

    bucket: str
    seconds: int
    records: int = 200


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BUCKET", "SECONDS", "RECORDS"):
        monkeypatch.delenv(name, raising=False)


def test_settings_are_typed_and_defaults_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUCKET", "b")
    monkeypatch.setenv("SECONDS", "3600")
    assert load(Example) == Example("b", 3600, 200)


def test_everything_that_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECONDS", "")
    with pytest.raises(SettingsError, match="BUCKET, SECONDS"):
        load(Example)


def test_a_number_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUCKET", "b")
    monkeypatch.setenv("SECONDS", "an hour")
    with pytest.raises(SettingsError, match="SECONDS is not a whole number: 'an hour'"):
        load(Example)
