"""Where mail ends up: a file of JSON lines, and a list in memory."""

import json
import re
import threading
import uuid
from pathlib import Path
from typing import Any

from localcloud.iam.permissions.ses import Envelope
from localcloud.ses.message import Message

_LINK = re.compile(r"https://[^\s<>\"']+")


class Mailbox:
    """Every message that SES accepted, in all Regions."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._messages: list[dict[str, Any]] = []

    def messages(self) -> list[dict[str, Any]]:
        """Return all, oldest first, with the members that ``add`` writes."""
        with self._lock:
            return list(self._messages)

    def add(self, envelope: Envelope, message: Message, region: str, sent_at: str) -> str:
        """Keep a message, and return its id."""
        body = message.text.rstrip("\r\n")
        link = _LINK.search(body)
        message_id = f"{uuid.uuid4().hex[:16]}-{uuid.uuid4()}-000000"
        entry = {
            "to": envelope.recipients,
            "from": envelope.sender,
            "subject": message.subject,
            "region": region,
            "sent_at": sent_at,
            "message_id": message_id,
            "url": link[0].rstrip(".,;:)!?") if link else None,
            "body": body,
            "html": message.html,
        }
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            self._messages.append(entry)
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        return message_id
