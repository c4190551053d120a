"""Recognises files that are no CSV by their first bytes, and says what to do with each.

Signatures: https://en.wikipedia.org/wiki/List_of_file_signatures
"""

from common.input_refused import InputRefused

SAVE_AS_CSV = (
    'Open it in Excel, choose File, Save As, "CSV UTF-8 (Comma delimited)", and use that file.'
)
UNPACK = "Unpack it, and use the CSV file that is in it."
SAVE_FROM_SOURCE = "Save the table as CSV in the program that it comes from, and use that file."
UTF16 = ("a text in UTF-16, which Excel calls Unicode text", SAVE_AS_CSV)
UTF32 = ("a text in UTF-32", SAVE_AS_CSV)
SIGNATURES = {
    b"\x1f\x8b": ("compressed by gzip", UNPACK),
    b"BZh": ("compressed by bzip2", UNPACK),
    b"\xfd7zXZ": ("compressed by xz", UNPACK),
    b"\x28\xb5\x2f\xfd": ("compressed by zstd", UNPACK),
    b"7z\xbc\xaf": ("an archive of 7-Zip", UNPACK),
    b"Rar!": ("an archive of RAR", UNPACK),
    b"\xd0\xcf\x11\xe0": ("an Excel workbook (.xls)", SAVE_AS_CSV),
    b"%PDF": ("a PDF document", SAVE_FROM_SOURCE),
    b"{\\rtf": ("a rich text document", SAVE_FROM_SOURCE),
    b"PAR1": ("a Parquet file", SAVE_FROM_SOURCE),
    b"SQLite format 3": ("a SQLite database", SAVE_FROM_SOURCE),
    b"\xff\xfe\0\0": UTF32,
    b"\0\0\xfe\xff": UTF32,
    b"\xff\xfe": UTF16,
    b"\xfe\xff": UTF16,
}


def check_file_type(beginning: bytes) -> None:
    """Raise InputRefused if the file is empty, or certainly no CSV file."""
    if not beginning.strip(b"\xef\xbb\xbf \t\r\n"):
        if len(beginning) > 1000:
            return  # spaces, perhaps with a table after them
        raise InputRefused("The file is empty.", "Use a file with a header and rows.")
    if file_type := _file_type(beginning):
        kind, remedy = file_type
        raise InputRefused(f"The file is {kind}, and not a CSV file.", remedy)


def _file_type(beginning: bytes) -> tuple[str, str] | None:
    for signature, file_type in SIGNATURES.items():
        if beginning.startswith(signature):
            return file_type
    if beginning.startswith(b"PK\x03\x04"):
        return _zip_type(beginning)
    text = beginning.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"<"):
        return "an HTML or XML document", SAVE_FROM_SOURCE
    if text.startswith((b"{", b"[")):
        return "a JSON document", SAVE_FROM_SOURCE
    # Every other byte of Latin letters in UTF-16 is zero.
    first = beginning[:200]
    return UTF16 if first.count(0) * 3 > len(first) and first.strip(b"\0") else None


def _zip_type(beginning: bytes) -> tuple[str, str]:
    if b"opendocument.spreadsheet" in beginning:
        return "an OpenDocument spreadsheet (.ods)", SAVE_AS_CSV
    if b"xl/" in beginning or b"[Content_Types].xml" in beginning:
        return "an Excel workbook (.xlsx)", SAVE_AS_CSV
    return "an archive of ZIP", UNPACK
