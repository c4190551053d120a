"""runbook.py <document> <out>: the runbook as CloudFormation can include it.

AWS::Include takes functions in their long form, so each string with a ${name} becomes an Fn::Sub.
Automation's own {{ names }} are left alone.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml


def with_subs(value: Any) -> Any:
    """The document, each of its strings that holds `${` as `{"Fn::Sub": string}`."""
    if isinstance(value, dict):
        return {name: with_subs(one) for name, one in value.items()}
    if isinstance(value, list):
        return [with_subs(one) for one in value]
    return {"Fn::Sub": value} if isinstance(value, str) and "${" in value else value


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    document = with_subs(yaml.safe_load(source.read_text()))
    target.write_text(json.dumps(document, indent=2) + "\n")
