"""Domain names as Route 53 accepts them.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
"""

import re

# Printable characters, or any by its octal code. An asterisk is kept as ``\\052``.
_LABEL = re.compile(r"(?:\\[0-7]{3}|[!-\[\]-~])*")
_CODE = re.compile(r"\\[0-7]{3}")


def problem_of(name: str) -> str | None:
    """Return why AWS refuses a name, in its words; None if it is a domain name."""
    labels = name.removesuffix(".").split(".")
    sizes = [len(_CODE.sub("x", label)) for label in labels]
    if not all(_LABEL.fullmatch(label) for label in labels):
        problem = "UnsupportedCharacter (Value contains unsupported characters)"
    elif not all(sizes):
        problem = "DomainLabelEmpty (Domain label is empty)"
    elif max(sizes) > 63:
        problem = "DomainLabelTooLong (Domain label is too long)"
    elif sum(sizes) + len(sizes) > 255:
        problem = "DomainNameTooLong (Domain name is too long)"
    else:
        return None
    return f"{problem} encountered with '{name}'"
