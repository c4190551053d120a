"""Where mail ends up: a file of JSON lines, and a list in memory."""

from __future__ import annotations

import json
import re
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localcloud.gateway.errors import ApiError

_LINK = re.compile(r"https://[^\s<>\"']+")


@dataclass(frozen=True)
class Mail:
    """A message. ``sent_at`` is ISO 8601; ``to`` are all recipients."""

    sender: str
    to: tuple[str, ...]
    subject: str
    region: str
    sent_at: str
    body: str


@dataclass
class _Refusal:
    remaining: int
    code: str
    message: str


class Mailbox:
    """Every message that SES accepted, in all Regions."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._messages: list[dict[str, Any]] = []
        self._refusals: list[_Refusal] = []

    def messages(self) -> list[dict[str, Any]]:
        """Return all messages, oldest first.

        Each has ``to``, ``from``, ``subject``, ``region``, ``sent_at``, ``message_id``, ``body``
        and ``url``: the first https link of the body, or None.
        """
        with self._lock:
            return list(self._messages)

    def refuse_next(
        self,
        count: int,
        code: str = "TooManyRequestsException",
        message: str = "Refused by a test.",
    ) -> None:
        """Answer the next ``count`` sends with this error, in place of accepting them."""
        with self._lock:
            self._refusals.append(_Refusal(count, code, message))

    def raise_refusal(self) -> None:
        """Raise the next refusal, if any remains."""
        with self._lock:
            self._refusals = [refusal for refusal in self._refusals if refusal.remaining > 0]
            if not self._refusals:
                return
            refusal = self._refusals[0]
            refusal.remaining -= 1
        raise ApiError(refusal.code, refusal.message)

    def add(self, mail: Mail) -> str:
        """Keep a message, and return its id."""
        link = _LINK.search(mail.body)
        message_id = f"{uuid.uuid4().hex[:16]}-{uuid.uuid4()}-000000"
        entry = {
            "to": list(mail.to),
            "from": mail.sender,
            "subject": mail.subject,
            "region": mail.region,
            "sent_at": mail.sent_at,
            "message_id": message_id,
            "url": link[0].rstrip(".,;:)!?") if link else None,
            "body": mail.body,
        }
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            self._messages.append(entry)
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        return message_id
