"""Layers are found where Lambda puts them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.lambda_ import limits
from tests.lambda_.conftest import Bench, zipped


def _publish(bench: Bench, name: str, files: dict[str, str]) -> str:
    answer = bench.api.publish_layer_version(LayerName=name, Content={"ZipFile": zipped(files)})
    return str(answer["LayerVersionArn"])


def test_a_package_of_a_layer_is_found(bench: Bench) -> None:
    layer = _publish(bench, "tools", {"python/tool.py": "name = 'hammer'"})
    name = bench.function("import tool\ndef handler(e, c): return tool.name", Layers=[layer])
    assert bench.result(name) == "hammer"


def test_without_its_layer_the_function_cannot_be_loaded(bench: Bench) -> None:
    name = bench.function("import tool\ndef handler(e, c): return tool.name")
    assert json.loads(bench.run(name).payload)["errorType"] == "Runtime.ImportModuleError"


def test_a_layer_wins_over_the_runtimes_own_packages(bench: Bench) -> None:
    layer = _publish(bench, "sdk", {"python/boto3/__init__.py": "__version__ = 'of the layer'"})
    name = bench.function(
        "import boto3\ndef handler(e, c): return boto3.__version__", Layers=[layer]
    )
    assert bench.result(name) == "of the layer"


def test_the_functions_own_module_wins_over_a_layer(bench: Bench) -> None:
    layer = _publish(bench, "shadow", {"python/tool.py": "name = 'layer'"})
    code = {"app.py": "import tool\ndef handler(e, c): return tool.name", "tool.py": "name = 'own'"}
    name = bench.function("", Code={"ZipFile": zipped(code)}, Layers=[layer])
    assert bench.result(name) == "own"


def test_a_later_layer_overwrites_an_earlier_one(bench: Bench) -> None:
    first = _publish(bench, "first", {"python/tool.py": "name = 1", "python/base.py": "name = 1"})
    second = _publish(bench, "second", {"python/tool.py": "name = 2"})
    name = bench.function(
        "import base, tool\ndef handler(e, c): return [base.name, tool.name]",
        Layers=[first, second],
    )
    assert bench.result(name) == [1, 2]


def test_site_packages_of_the_functions_runtime_count(bench: Bench) -> None:
    path = "python/lib/python3.13/site-packages/deep.py"
    layer = _publish(bench, "deep", {path: "name = 'deep'"})
    name = bench.function("import deep\ndef handler(e, c): return deep.name", Layers=[layer])
    assert bench.result(name) == "deep"


def test_more_than_five_layers_are_refused(bench: Bench, refused: Any) -> None:
    layers = [_publish(bench, f"l{number}", {"python/x.py": str(number)}) for number in range(6)]
    with refused("InvalidParameterValueException", "Cannot reference more than 5 layers."):
        bench.function("", Layers=layers)


def test_the_unzipped_limit_counts_layers(
    bench: Bench, refused: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = _publish(bench, "large", {"python/x.py": "#" * 600})
    monkeypatch.setattr(limits, "UNZIPPED_BYTES", 1000)
    with refused("InvalidParameterValueException", "Unzipped size must be smaller than 1000 bytes"):
        bench.function("#" * 600, Layers=[layer])


def test_numbers_of_deleted_versions_are_not_given_again(bench: Bench, refused: Any) -> None:
    _publish(bench, "counted", {"python/x.py": "1"})
    bench.api.delete_layer_version(LayerName="counted", VersionNumber=1)
    assert _publish(bench, "counted", {"python/x.py": "1"}).endswith(":counted:2")
    (layer,) = (
        item for item in bench.api.list_layers()["Layers"] if item["LayerName"] == "counted"
    )
    assert layer["LatestMatchingVersion"]["Version"] == 2
    with refused("ResourceNotFoundException"):
        bench.api.get_layer_version(LayerName="counted", VersionNumber=1)
