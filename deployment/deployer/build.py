"""Builds what is uploaded, under .build/: the functions, their layer, the runbook."""

from __future__ import annotations

from .functions_archive import copy_functions
from .layer import build_layer
from .plan import BUILD
from .runbook import write_runbook


def build(arch: str) -> None:
    BUILD.mkdir(exist_ok=True)
    build_layer(arch)
    copy_functions()
    write_runbook()
