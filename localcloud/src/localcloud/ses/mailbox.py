"""Where mail ends up: a file of JSON lines, and a list in memory."""

from __future__ import annotations

import json
import re
import threading
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from localcloud.gateway.errors import ApiError

_LINK = re.compile(r"https://[^\s<>\"']+")


@dataclass(frozen=True)
class Mail:
    """A message to be kept. ``sent_at`` is ISO 8601, ``to`` all recipients."""

    sender: str
    to: tuple[str, ...]
    subject: str
    region: str
    sent_at: str
    body: str


@dataclass
class _Refusal:
    left: int
    code: str
    message: str


class Mailbox:
    """Every message that SES took, in all Regions."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._messages: list[dict[str, Any]] = []
        self._refusals: list[_Refusal] = []

    def messages(self) -> list[dict[str, Any]]:
        """Oldest first: ``to``, ``from``, ``subject``, ``region``, ``sent_at``, ``message_id``,
        ``url`` (first https link of the body, or None), ``body``.
        """
        with self._lock:
            return list(self._messages)

    def refuse_next(
        self,
        count: int,
        code: str = "TooManyRequestsException",
        message: str = "Refused by a test.",
    ) -> None:
        """Answer the next ``count`` sends with this error, in place of taking them."""
        with self._lock:
            self._refusals.append(_Refusal(count, code, message))

    def raise_refusal(self) -> None:
        """Use up one of the refusals that were asked for, if any is left."""
        with self._lock:
            self._refusals = [refusal for refusal in self._refusals if refusal.left > 0]
            if not self._refusals:
                return
            refusal = self._refusals[0]
            refusal.left -= 1
        raise ApiError(refusal.code, refusal.message)

    def put(self, mail: Mail) -> str:
        """Keep it; answers its message id."""
        found = _LINK.search(mail.body)
        about = asdict(mail)
        entry = {
            "to": list(mail.to),
            "from": about.pop("sender"),
            "subject": mail.subject,
            "region": mail.region,
            "sent_at": mail.sent_at,
            "message_id": f"{uuid.uuid4().hex[:16]}-{uuid.uuid4()}-000000",
            "url": found[0].rstrip(".,;:)!?") if found else None,
            "body": mail.body,
        }
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            self._messages.append(entry)
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        return str(entry["message_id"])
