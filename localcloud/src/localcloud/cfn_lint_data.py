"""The data of AWS's that cfn-lint ships. Importing cfn-lint itself takes a second and 50 MiB."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def read(*path: str) -> Any:
    """A JSON file of cfn-lint's folder ``data``."""
    return json.loads(_folder().joinpath("data", *path).read_text())


def _folder() -> Path:
    spec = find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("cfn-lint is not installed.")
    return Path(spec.origin).parent
