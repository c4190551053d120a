"""Settings from the environment."""

from dataclasses import dataclass

import pytest

from common.settings import SettingsError, load_settings
from tests.unit.helpers import set_environment


@dataclass(frozen=True)
class Example:
    """One setting of each type."""

    bucket: str
    seconds: int


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BUCKET", "SECONDS"):
        monkeypatch.delenv(name, raising=False)


def test_settings_have_the_type_of_their_field(monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, BUCKET="b", SECONDS="3600")
    assert load_settings(Example) == Example("b", 3600)


def test_everything_that_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECONDS", "")
    with pytest.raises(SettingsError, match="BUCKET, SECONDS"):
        load_settings(Example)


def test_the_message_names_a_setting_that_is_not_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, BUCKET="b", SECONDS="an hour")
    with pytest.raises(SettingsError, match="SECONDS is not a whole number: 'an hour'"):
        load_settings(Example)
