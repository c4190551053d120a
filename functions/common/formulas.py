"""Cells that a spreadsheet would execute: https://owasp.org/www-community/attacks/CSV_Injection"""

import re

# OWASP's characters. Spreadsheets pass over spaces before them, and Excel reads the full-width
# forms of a Japanese keyboard as the characters themselves.
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def neutralise(cell: str) -> str:
    """Return the cell with a `'` in front if a spreadsheet would take it for a formula.

    A spreadsheet then shows it as text. Any other cell stays as it is.
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell
