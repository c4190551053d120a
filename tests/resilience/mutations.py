"""Faults put into the functions on purpose: the seeds have to find each (``make mutations``).

Each is a hole of issue 10, points 1 to 3, that the present code does not have.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutation:
    """``replacements`` are made in a file beneath functions/; ``seeds`` find the fault."""

    claim: str
    file: str
    replacements: tuple[tuple[str, str], ...]
    seeds: tuple[int, ...] = ()

    def applied_in(self, folder: Path) -> Callable[[str], str]:
        """From the folder of a function's code to a copy, beneath ``folder``, with the fault."""

        def change(root: str) -> str:
            copy = folder / Path(root).name
            if not copy.exists():
                shutil.copytree(root, copy)
                path = copy / self.file
                path.write_text(self.apply(path.read_text()))
            return str(copy)

        return change

    def apply(self, text: str) -> str:
        for old, new in self.replacements:
            if old not in text:
                raise ValueError(f"{self.file} has no longer: {old}")
            text = text.replace(old, new, 1)
        return text


_HEAD, _COPY = "        head = self.bucket.head(version)\n", "        version_id = self._copy("

MUTATIONS = (
    Mutation(
        "a failure is recorded in the item of the other Region",
        "common/state_table.py",
        (
            (
                '"reason": reason, "updated_at": now()}\n        return self._update(',
                '"reason": reason, "updated_at": now()}\n'
                "        from dataclasses import replace\n"
                "        return replace(self, region=self.peer_region)._update(",
            ),
        ),
    ),
    Mutation(
        "a failure is recorded and mailed without the fence's answer",
        "emailer/app.py",
        (
            (
                '    attempt = AttemptId(event["run_id"], event["attempt"])\n    if fence.stops(',
                '    attempt = AttemptId(event["run_id"], event["attempt"])\n'
                '    if event["action"] != "fail_run" and fence.stops(',
            ),
        ),
    ),
    Mutation(
        "the fence does not ask DNS which Region is active",
        "emailer/supersession.py",
        (("if active_region(self.record) != self.state.region:", "if False:"),),
    ),
    Mutation(
        "the fence does not look at the other attempts",
        "emailer/supersession.py",
        (("if gives_way(attempts, self.state.region, attempt.number):", "if False:"),),
    ),
    Mutation(
        "a claim token is made of the clock, and two tries of one minute share it",
        "emailer/complete_run.py",
        (
            ("uuid.uuid4().hex", "now()[:16]"),
            (
                "import COMPLETED, SUPERSEDED",
                "import COMPLETED, SUPERSEDED\nfrom common.runs import now",
            ),
        ),
    ),
    Mutation(
        "a mail is claimed whoever has claimed it before",
        "common/state_table.py",
        (
            (
                'IS_MAIL_FREE = "(attribute_not_exists(#mail_claim) OR #mail_claim = :mail_claim)"',
                'IS_MAIL_FREE = "attribute_exists(#status)"',
            ),
        ),
    ),
    Mutation(
        "marks count whatever token the item has",
        "common/attempts.py",
        (("return self.name(item) and has_token and is_version", "return self.name(item)"),),
    ),
    Mutation(
        "marks count for every version that has them",
        "common/attempts.py",
        (
            (
                "return self.name(item) and has_token and is_version",
                "return self.name(item) and has_token",
            ),
        ),
    ),
    Mutation(
        "a file is taken over before it is known that it can be read",
        "reconciler/beginning.py",
        ((_HEAD, ""), (_COPY, _HEAD + _COPY)),
    ),
    Mutation(
        "rejects of an earlier try at a chunk are merged",
        "merger/rejected_rows.py",
        (
            (
                '["row"] < row:\n',
                '["row"] < row:\n                yield self._next\n',
            ),
        ),
    ),
    Mutation(
        "a pass begins a run again that has ended",
        "reconciler/takeover.py",
        (("        if run.is_closed:\n", "        if False:\n"),),
        seeds=(1,),
    ),
    Mutation(
        "the passive Region does not note what arrives",
        "trigger/app.py",
        (('if arrival["run_id"] not in run_ids_begun:', "if False:"),),
    ),
    Mutation(
        "a Region mails results as soon as it is active",
        "common/activation.py",
        (("if seconds > 0 else None", "if False else None"),),
    ),
)
