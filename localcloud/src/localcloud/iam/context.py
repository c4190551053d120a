"""The condition keys of a request, made only when a policy needs one."""

from collections.abc import Callable, Mapping

Value = str | list[str]
Keys = Mapping[str, Value]


class Context:
    """Condition keys by name in any case. ``used``: the decision may depend on them."""

    def __init__(self, *sources: Callable[[], Keys]) -> None:
        self._sources = list(sources)  # in this order, no further than needed
        self._keys: dict[str, Value] = {}
        self.used = False

    @staticmethod
    def of(keys: Keys) -> "Context":
        return Context(lambda: keys)

    def get(self, name: str) -> list[str] | None:
        """The values of a key, or None without it: as AWS treats keys that it does not know."""
        self.used = True
        name = name.lower()
        while name not in self._keys and self._sources:
            keys = self._sources.pop(0)()
            self._keys.update({key.lower(): value for key, value in keys.items()})
        value = self._keys.get(name)
        return [value] if isinstance(value, str) else value

    def single(self, name: str) -> str | None:
        """The value of a key that has one; variables cannot stand for keys with several values."""
        values = self.get(name)
        return values[0] if values and len(values) == 1 else None
