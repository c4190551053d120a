"""A resource of each type: as it is made, and what can be changed of it. One module a field."""

from . import compute, messaging, network, storage, watching
from .base import Case

CASES: list[Case] = [
    case for field in (storage, compute, network, messaging, watching) for case in field.CASES
]
