"""Whatever a user, a chunk or AWS puts into a mail, it is a mail, and shows what it is."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emailer.file_facts import display_name
from emailer.mail import Mail
from emailer.mail_parts import html, plain_text
from emailer.mime_message import mime_message
from tests.unit.emailer.helpers import parsed, part
from tests.unit.emailer.mails import NO_REJECTS, completed, failed

texts = st.text(st.characters(), max_size=1000)
tricky = st.lists(
    st.sampled_from(["\r\n", "<b>", "&amp;", "=?utf-8?q?x?=", " ", "\u202e", "ü", "日", ".", "\t"])
).map("".join)
# URLs as botocore makes them: percent-encoded ASCII.
urls = st.text("abcXYZ019%=&-_.~/?", max_size=5000).map("https://x.example/{}".format)
# A line without a place to break it, a header that does not fit, a tag, an encoded word.
LONG, MARKUP = "x" * 5000, '"><script>alert(1)</script>'


def raw(mail: Mail) -> bytes:
    return mime_message(mail, "batch@example.com", "user@example.com")


def assert_valid(mail: Mail) -> None:
    data = raw(mail)
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not [line for line in lines if b"\r" in line or b"\n" in line]
    assert data.isascii()
    message = parsed(data)
    assert not message.defects
    assert [name for name in message if name not in ("MIME-Version", "Content-Type")] == [
        "Subject",
        "From",
        "To",
    ]
    assert message["Subject"] == mail.subject
    assert mail.subject.isprintable()
    assert len(mail.subject) < 150
    assert part(message, "plain") == plain_text(mail)
    assert part(message, "html") == html(mail)


@given(texts | tricky, texts | tricky, st.lists(texts | tricky, max_size=3), urls)
@example(LONG, LONG, [LONG], f"https://x.example/{LONG}")
@example(MARKUP, MARKUP, [MARKUP], "https://x.example/")
@example("x\r\nBcc: all@example.com", "", [], "https://x.example/")
def test_a_completed_mail_is_valid_whatever_is_in_it(
    name: str, output: str, notes: list[str], url: str
) -> None:
    mail = completed(url, key=f"input/{name}", output_key=f"output/r/{output}", notes=notes)
    assert_valid(mail)
    assert plain_text(mail).splitlines().count(url) == 2


@given(texts | tricky, texts | tricky, st.sampled_from(["InputRefused", "E", LONG]))
@example(LONG, LONG, "E")
@example(MARKUP, MARKUP, MARKUP)
@example("x", "", "E")
def test_a_failed_mail_is_valid_whatever_is_in_it(name: str, reason: str, error: str) -> None:
    assert_valid(failed(reason, error, f"input/{name}"))


@given(texts | tricky)
def test_no_name_adds_a_line_to_the_text(name: str) -> None:
    mail = completed(key=f"input/{name}", **NO_REJECTS)
    expected = completed(key="input/x", **NO_REJECTS)
    assert len(plain_text(mail).splitlines()) == len(plain_text(expected).splitlines())


class Elements(HTMLParser):
    """Collects the names of the elements of a document."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(f"{tag}({','.join(name for name, _ in attrs)})")


@given(texts | tricky)
@example(MARKUP)
def test_no_text_of_a_user_becomes_an_element_or_an_attribute(text: str) -> None:
    mail = completed(key=f"input/{text}", output_key="output/r/x", notes=[text])
    expected = completed(key="input/x", output_key="output/r/x", notes=["x"])
    assert Elements(html(mail)).names == Elements(html(expected)).names
    refusal = failed(f"{text}\nremedy\ndetail".replace("\r", ""), key=f"input/{text}")
    assert set(Elements(html(refusal)).names) <= {*Elements(html(failed("c\nr\nd"))).names}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("input/2026/Verkäufe.csv", "2026/Verkäufe.csv"),
        ("input/a\r\nBcc: x@y", "a<U+000D><U+000A>Bcc: x@y"),
        ("input/a/../b.csv", "a/../b.csv"),
        ("input/a\u202efdc.exe", "a<U+202E>fdc.exe"),
        ("input/" + "x" * 900, "x" * 120 + "…"),
    ],
)
def test_names_stay_readable_and_short(key: str, expected: str) -> None:
    assert display_name(key) == expected
