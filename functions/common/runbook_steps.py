"""What a step of the runbook leaves behind when it is done: a note, which the runbook asserts.

Automation does not document that a step fails if its function raised an error:
https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-lamb.html
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from common.state_table import StateTable

KEPT_SECONDS = 7 * 24 * 3600


def record_done(state: StateTable, step: str, event: Mapping[str, Any]) -> None:
    """Note that the step is done for the execution of the runbook that the event names, if any."""
    if execution := event.get("runbook"):
        expires_at = int(time.time()) + KEPT_SECONDS
        state.write_note(f"{step} of {execution}", {"done": "yes", "expires_at": expires_at})
