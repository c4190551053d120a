"""The mails that were received, and the links in them."""

from __future__ import annotations

import json
import os
import re
import ssl
import time
import urllib.request
from typing import Any

from tools.harness.shell import Shell
from tools.harness.watch import TookTooLong

_POLL_SECONDS = 0.5
_LINK = re.compile(r"https://\S+")

_RESULTS = ("Processed: ", "All rows rejected: ")

Mail = dict[str, Any]


def read_mails(shell: Shell) -> list[Mail]:
    """All there are, oldest first, as ``make mail`` prints them."""
    lines = shell.run("make", "-s", "mail", quiet=True).splitlines()
    return [json.loads(line) for line in lines]


def wait_for_mail(shell: Shell, run_id: str, limit: float) -> Mail:
    """Wait for the mail about this run."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        for mail in read_mails(shell):
            if run_id in mail["body"]:
                return mail
        time.sleep(_POLL_SECONDS)
    raise TookTooLong(f"no mail about run {run_id} after {limit:.0f} s")


def is_result(mail: Mail) -> bool:
    """Whether the run completed, by the subject."""
    return str(mail["subject"]).startswith(_RESULTS)


def links(mail: Mail) -> list[str]:
    """The signed links: the result's, then that of the rejects if any row was rejected."""
    return [url for url in _LINK.findall(mail["body"]) if "X-Amz-Signature" in url]


def fetch(url: str) -> bytes:
    """A plain HTTPS GET, as a browser makes it: the link alone must do."""
    context = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
    with urllib.request.urlopen(url, context=context, timeout=30) as response:  # noqa: S310 - https
        return bytes(response.read())
