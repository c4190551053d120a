"""Shows what a person cannot see: for reasons, mails and notices, which quote what users upload."""

import re

# What str.isprintable lets pass of Unicode's Default_Ignorable_Code_Point (joiners, fillers and
# variation selectors: https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point), and the
# blank Braille pattern.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)


def visible(text: str) -> str:
    """Return the text on one line, with each invisible character as its code: `<U+200B>`.

    These are control characters and line ends, zero-width characters, marks of direction, every
    space but U+0020, lone surrogates, and what Unicode has not assigned. Anything else stays as it
    is, so that this is no escaping for HTML or CSV.
    """
    return "".join(map(_visible, text))


def visible_lines(text: str) -> list[str]:
    """Return the lines of a text, each visible. Only LF, with or without CR, ends a line."""
    return [visible(line) for line in re.split(r"\r?\n", text)]


def _visible(character: str) -> str:
    if character.isprintable() and not _INVISIBLE.match(character):
        return character
    return f"<U+{ord(character):04X}>"
