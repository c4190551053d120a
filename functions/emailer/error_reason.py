"""What a state machine knows of an error, for people."""

import json

LONGEST = 2000


def readable(cause: str) -> str:
    """The message inside a Lambda error's cause, or the cause itself; at most LONGEST characters.

    Step Functions hands on a function's error as JSON with `errorMessage` and a stack trace.
    """
    try:
        parsed = json.loads(cause)
    except ValueError:
        parsed = None
    message = parsed.get("errorMessage") if isinstance(parsed, dict) else None
    text = message if isinstance(message, str) and message else cause
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
