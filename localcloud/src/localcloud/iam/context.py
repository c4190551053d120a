"""The condition keys of one request, made only when a policy asks for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Value = str | list[str]
Keys = Mapping[str, Value]


class Context:
    """Condition keys by name, whatever the case. ``used``: the outcome may depend on them."""

    def __init__(self, *sources: Callable[[], Keys]) -> None:
        self._sources = list(sources)  # asked in this order, and no further than needed
        self._keys: dict[str, Value] = {}
        self.used = False

    @staticmethod
    def of(keys: Keys) -> Context:
        return Context(lambda: keys)

    def get(self, name: str) -> list[str] | None:
        """The values of a key, or None without it: as AWS treats keys that it does not know."""
        self.used = True
        wanted = name.lower()
        while wanted not in self._keys and self._sources:
            more = self._sources.pop(0)()
            self._keys.update({key.lower(): value for key, value in more.items()})
        value = self._keys.get(wanted)
        return [value] if isinstance(value, str) else value

    def single(self, name: str) -> str | None:
        """The value of a key that has one; variables cannot stand for keys with several values."""
        values = self.get(name)
        return values[0] if values and len(values) == 1 else None
