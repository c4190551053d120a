"""deployment/deployer/layer.py: the layer is built when its requirements change, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployment.deployer import layer
from deployment.deployer.errors import DeployError
from deployment.deployer.layer import build_layer


class Pip:
    """Installs a package with its tests and caches; notes each call."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def __call__(self, arch: str, target: Path) -> None:
        self.calls.append(arch)
        for name in ("package/tests", "package/__pycache__", "bin"):
            (target / name).mkdir(parents=True)
        (target / "package/code.py").touch()


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pip:
    pip = Pip()
    monkeypatch.setattr(layer, "_install", pip)
    for name in ("REQUIREMENTS", "LOCK"):
        (tmp_path / name).write_text(name)
        monkeypatch.setattr(layer, name, tmp_path / name)
    return pip


def test_an_unchanged_layer_is_not_built_again(pip: Pip, tmp_path: Path) -> None:
    build_layer("arm64", tmp_path)
    build_layer("arm64", tmp_path)
    assert pip.calls == ["arm64"]
    packages = tmp_path / "layer" / "python"
    assert sorted(path.name for path in packages.rglob("*")) == ["code.py", "package"]


@pytest.mark.parametrize("name", ["REQUIREMENTS", "LOCK"])
def test_changed_requirements_or_another_lock_build_it_again(
    pip: Pip, tmp_path: Path, name: str
) -> None:
    build_layer("arm64", tmp_path)
    (tmp_path / name).write_text("changed")
    build_layer("arm64", tmp_path)
    assert pip.calls == ["arm64", "arm64"]


def test_another_processor_builds_it_again_and_back(pip: Pip, tmp_path: Path) -> None:
    for arch in ("arm64", "x86_64", "arm64"):
        build_layer(arch, tmp_path)
    assert pip.calls == ["arm64", "x86_64", "arm64"]


def test_a_layer_that_was_not_built_to_its_end_is_built_again(
    pip: Pip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DeployError

    with monkeypatch.context() as broken:
        broken.setattr(layer, "_install", fail)
        with pytest.raises(DeployError):
            build_layer("arm64", tmp_path)
    build_layer("arm64", tmp_path)
    assert pip.calls == ["arm64"]


def test_a_failure_of_pip_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(layer, "REQUIREMENTS", tmp_path / "missing.txt")
    monkeypatch.setattr(layer, "LOCK", tmp_path / "missing.lock")
    with pytest.raises(DeployError, match="the layer was not built; pip's error is above"):
        layer._install("arm64", tmp_path / "layer")
    assert "missing.lock" in capfd.readouterr().err
