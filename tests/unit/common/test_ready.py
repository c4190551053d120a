"""batch/ready.py: every function can be asked whether it starts and has its settings."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from common.settings import SettingsError

FUNCTIONS = sorted(path.parent.name for path in Path("functions").glob("*/app.py"))
WITH_SETTINGS = [name for name in FUNCTIONS if name != "validator"]


def app(name: str) -> Any:
    module = importlib.import_module(f"{name}.app")
    if hasattr(module, "settings"):
        module.settings.cache_clear()
    return module


@pytest.fixture
def every_setting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in WITH_SETTINGS:
        for field in app(name).Settings.__dataclass_fields__.values():
            if field.name != "aws_region":
                monkeypatch.setenv(field.name.upper(), "1" if field.type in ("int", int) else "x=y")
    yield
    for name in WITH_SETTINGS:
        app(name)  # forgets what it read


@pytest.mark.usefixtures("every_setting")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_that_has_its_settings_is_ready_and_does_nothing(
    name: str, context: LambdaContext
) -> None:
    """No AWS is mocked here: a call would fail."""
    assert app(name).handler({"check": True}, context) == {"ready": True}


@pytest.mark.parametrize("name", WITH_SETTINGS)
def test_a_function_without_its_settings_says_which(
    name: str, context: LambdaContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    required = next(iter(app(name).Settings.__dataclass_fields__)).upper()
    monkeypatch.delenv(required, raising=False)
    with pytest.raises(SettingsError, match=required):
        app(name).handler({"check": True}, context)


def test_only_true_is_a_check(context: LambdaContext) -> None:
    """What is no check goes on to the handler, which misses the record's row."""
    with pytest.raises(KeyError):
        app("reader").handler({"check": "yes"}, context)
