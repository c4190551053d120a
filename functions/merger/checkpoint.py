"""How far a merge has come, as an object: a line of JSON, then the bytes that are in no part yet.

It names the parts of the uploads, which the state of Step Functions has no room for.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self

from common.upload import NOT_BEGUN, UploadState


@dataclass
class Checkpoint:
    """What the next call goes on with; `number` counts the calls.

    `next_entry` is the byte of the manifest at which the next entry begins.
    """

    number: int = 0
    next_entry: int = 0
    rows_out: int = 0
    rows_rejected: int = 0
    output: UploadState = NOT_BEGUN
    rejects: UploadState = NOT_BEGUN

    def to_bytes(self) -> bytes:
        """Return the bytes of the object."""
        uploads = {"output": self.output, "rejects": self.rejects}
        fields = asdict(self) | {
            name: state._asdict() | {"unsent": len(state.unsent)} for name, state in uploads.items()
        }
        unsent = self.output.unsent + self.rejects.unsent
        return json.dumps(fields).encode() + b"\n" + unsent

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the checkpoint of an object."""
        line, _, unsent = data.partition(b"\n")
        fields = json.loads(line)
        size = fields["output"]["unsent"]
        output = UploadState(**fields.pop("output") | {"unsent": unsent[:size]})
        rejects = UploadState(**fields.pop("rejects") | {"unsent": unsent[size:]})
        return cls(**fields, output=output, rejects=rejects)
