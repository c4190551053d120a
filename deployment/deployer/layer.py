"""Builds the functions' layer under .build/, unless it is there already.

The wheels are those for Lambda, whatever this machine is. Python 3.13 loads what is built for the
stable ABI of 3.11 (awscrt); all other packages are pure Python.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import console
from .errors import DeployError
from .plan import BUILD, ROOT

REQUIREMENTS = ROOT / "functions" / "requirements.txt"
LOCK = ROOT / "requirements.lock"


def build_layer(arch: str, build: Path = BUILD) -> None:
    """Install the packages for the processor. A stamp tells from which requirements and lock."""
    layer, stamp = build / "layer", build / f"layer.{arch}.stamp"
    digest = hashlib.sha256(REQUIREMENTS.read_bytes() + LOCK.read_bytes()).hexdigest()
    if layer.is_dir() and stamp.exists() and stamp.read_text() == digest:
        return
    console.info(f"layer for {arch} from functions/requirements.txt …")
    shutil.rmtree(layer, ignore_errors=True)
    for old_stamp in build.glob("layer.*.stamp"):
        old_stamp.unlink()
    _install(arch, layer / "python")
    _remove_unused(layer / "python")
    stamp.write_text(digest)


def _install(arch: str, target: Path) -> None:
    wheels = "aarch64" if arch == "arm64" else "x86_64"
    # fmt: off
    command = [
        sys.executable, "-m", "pip", "install", "--progress-bar", "off",
        "--disable-pip-version-check", "--no-compile", "--no-warn-conflicts",
        "--target", str(target), "--only-binary=:all:",
        "--platform", f"manylinux2014_{wheels}", "--platform", f"manylinux_2_28_{wheels}",
        "--implementation", "cp", "--python-version", "3.11", "--abi", "abi3", "--abi", "none",
        "-r", str(REQUIREMENTS), "-c", str(LOCK),
    ]
    # fmt: on
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as pip:  # noqa: S603 - pip
        for line in pip.stdout or ():
            if line.startswith("Collecting "):
                console.info(f"  {re.split('[<>=]', line.split()[1])[0]}")
    if pip.returncode:
        raise DeployError(
            "FAILED: the layer was not built; pip's error is above. Correct this and run make "
            "build again."
        )


def _remove_unused(packages: Path) -> None:
    for folder in [*packages.rglob("tests"), *packages.rglob("__pycache__"), packages / "bin"]:
        shutil.rmtree(folder, ignore_errors=True)
