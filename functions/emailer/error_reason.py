"""The reason of an error, for people to read."""

import json

MAX_LENGTH = 2000


def readable(cause: str) -> str:
    """Return the message of a function's error, or any other cause as it is, shortened.

    Step Functions hands on the error of a function as JSON with `errorMessage` and a stack trace.
    """
    try:
        parsed = json.loads(cause)
    except ValueError:
        parsed = None
    message = parsed.get("errorMessage") if isinstance(parsed, dict) else None
    text = message if isinstance(message, str) and message else cause
    return text if len(text) <= MAX_LENGTH else f"{text[:MAX_LENGTH]}…"
