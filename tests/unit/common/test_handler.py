"""Every function loads its settings, and can be asked whether it is ready."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from common.handler import READY
from common.settings import SettingsError

FUNCTIONS = sorted(path.parent.name for path in Path("functions").glob("*/app.py"))
WITH_SETTINGS = [name for name in FUNCTIONS if name != "validator"]


def app(function: str) -> Any:
    return importlib.import_module(f"{function}.app")


def settings_types(function: str) -> dict[str, type]:
    """Return the variables of a function, with their types."""
    types = get_type_hints(app(function).Settings)
    return {name.upper(): kind for name, kind in types.items() if name != "aws_region"}


@pytest.fixture
def _all_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for function in WITH_SETTINGS:
        for variable, kind in settings_types(function).items():
            monkeypatch.setenv(variable, "1" if kind is int else "x=y")


@pytest.mark.usefixtures("_all_settings")
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_that_has_its_settings_is_ready_and_does_nothing(
    function: str, context: LambdaContext
) -> None:
    """No AWS is mocked here: a call would fail."""
    assert app(function).handler({"check": True}, context) == READY


@pytest.mark.parametrize("function", WITH_SETTINGS)
def test_a_function_without_its_settings_names_them(
    function: str, context: LambdaContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in settings_types(function):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(SettingsError, match=", ".join(settings_types(function))):
        app(function).handler({"check": True}, context)


@pytest.mark.usefixtures("_all_settings")
def test_a_check_has_the_value_true(context: LambdaContext) -> None:
    """Any other event goes on to the function, which misses the chunk here."""
    with pytest.raises(KeyError):
        app("reader").handler({"check": "yes"}, context)
