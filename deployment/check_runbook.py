"""check_runbook.py <document> <schema>: what a JSON schema has against a runbook, place by place.

AWS publishes the schema with its language service for SSM documents (package.json). It knows
every field and action; what an action is given, it only checks where the schema spells it out.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # SAM brings it, without


def faults(document: Any, schema: Any) -> Iterator[str]:
    """`mainSteps/2/action: 'aws:nope' is not one of …`; none for a valid document."""
    for error in Draft7Validator(schema).iter_errors(document):
        place = "/".join(str(part) for part in error.absolute_path)
        yield f"{place or 'the document'}: {error.message}"


if __name__ == "__main__":
    source, rules = map(Path, sys.argv[1:])
    found = list(faults(yaml.safe_load(source.read_text()), json.loads(rules.read_text())))
    for fault in found:
        print(f"{source}: {fault}", file=sys.stderr)
    sys.exit(1 if found else 0)
