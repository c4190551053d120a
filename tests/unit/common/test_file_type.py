"""Files that are no CSV are refused by name, with the remedy."""

import gzip
import io
import zipfile

import pytest

from common.file_type import check_file_type
from common.input_refused import InputRefused
from tests.unit.samples import HEADER, csv_file


def refusal(data: bytes) -> str:
    with pytest.raises(InputRefused) as error:
        check_file_type(data)
    return str(error.value)


def archive(*names: str, text: bytes = b"x") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archived:
        for name in names:
            archived.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (gzip.compress(b"x"), "compressed by gzip"),
        (b"BZh91AY", "compressed by bzip2"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook (.xlsx)"),
        (archive("xl/workbook.xml"), "an Excel workbook (.xlsx)"),
        (
            archive("mimetype", text=b"application/vnd.oasis.opendocument.spreadsheet"),
            "an OpenDocument spreadsheet (.ods)",
        ),
        (archive("sales.csv"), "an archive of ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook (.xls)"),
        (b"%PDF-1.7", "a PDF document"),
        (b"<!DOCTYPE html>", "an HTML or XML document"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "an HTML or XML document"),
        (b'[{"uuid": 1}]', "a JSON document"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (HEADER.encode("utf-16"), "a text in UTF-16, which Excel calls Unicode text"),
        (HEADER.encode("utf-16-le"), "a text in UTF-16, which Excel calls Unicode text"),
        (HEADER.encode("utf-16-be"), "a text in UTF-16, which Excel calls Unicode text"),
        (HEADER.encode("utf-32"), "a text in UTF-32"),
    ],
    ids=lambda value: value if isinstance(value, str) else "data",  # archives contain the time
)
def test_a_file_that_is_no_csv_is_called_by_its_kind_and_the_remedy_follows(
    data: bytes, kind: str
) -> None:
    cause, remedy = refusal(data).splitlines()
    assert cause == f"The file is {kind}, and not a CSV file."
    assert remedy.endswith("use that file.") or "use the CSV file" in remedy


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n"])
def test_defect_14_an_empty_file_is_called_so(data: bytes) -> None:
    assert refusal(data).startswith("The file is empty.")


@pytest.mark.parametrize("data", [csv_file(), b"\xef\xbb\xbf" + csv_file(), b"\n" * 2000, b"uuid"])
def test_what_may_be_csv_is_read(data: bytes) -> None:
    check_file_type(data)
