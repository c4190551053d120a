"""Names the characters of a field that a person cannot see, and that make a value differ."""

import unicodedata
from collections.abc import Iterator

from common.visible_text import visible
from validator.rule_types import Fields

_MOST = 5  # characters named for one field


def hidden_characters(fields: Fields) -> Iterator[str]:
    """Yield sentences such as `uuid ends with a space` and `Region contains <U+200B> (…)`."""
    for column, text in fields.items():
        if places := _places_of_spaces(text):
            yield f"{column} {' and '.join(places)} with a space"
        if invisible := [character for character in dict.fromkeys(text) if _is_hidden(character)]:
            others = " and others" if len(invisible) > _MOST else ""
            yield f"{column} contains {', '.join(map(_name, invisible[:_MOST]))}{others}"


def _places_of_spaces(text: str) -> list[str]:
    places = {"begins": text.startswith(" "), "ends": text.endswith(" ")}
    return [verb for verb, is_space in places.items() if is_space]


def _is_hidden(character: str) -> bool:
    return visible(character) != character


def _name(character: str) -> str:
    """Return the code, with Unicode's name of the character, which control characters lack."""
    name = unicodedata.name(character, "").lower()
    return f"{visible(character)} ({name})" if name else visible(character)
