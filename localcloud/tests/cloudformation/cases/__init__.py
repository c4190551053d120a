"""A resource of each type: as it is made, and what can be changed of it. One module a field."""

from . import apis, compute, control, messaging, network, storage, watching
from .base import Case

_FIELDS = (storage, compute, apis, network, control, messaging, watching)
CASES: list[Case] = [case for field in _FIELDS for case in field.CASES]
