"""The condition keys of one request, made only when a policy asks for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Value = str | list[str]
Keys = Mapping[str, Value]


class Context:
    """Condition keys by name, whatever the case. ``used``: the outcome may depend on them."""

    def __init__(self, *sources: Callable[[], Keys]) -> None:
        self._sources = sources
        self._keys: dict[str, Value] | None = None
        self.used = False

    @staticmethod
    def of(keys: Keys) -> Context:
        return Context(lambda: keys)

    def get(self, name: str) -> list[str] | None:
        """The values of a key, or None without it: as AWS treats keys that it does not know."""
        self.used = True
        if self._keys is None:
            self._keys = {
                key.lower(): value for source in self._sources for key, value in source().items()
            }
        value = self._keys.get(name.lower())
        return [value] if isinstance(value, str) else value

    def single(self, name: str) -> str | None:
        """The value of a key that has one; variables cannot stand for keys with several values."""
        values = self.get(name)
        return values[0] if values and len(values) == 1 else None
