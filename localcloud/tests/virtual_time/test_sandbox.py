"""A function in this process finds what it finds in a process of its own."""

from __future__ import annotations

from pathlib import Path

from tests.virtual_time.programs import run

FUNCTION = """
import os, time
from common.words import GREETING

def handler(event, context):
    print(os.environ["NAME"], context.function_name)
    time.sleep(event["seconds"])
    if event["seconds"] == 13:
        raise ValueError("thirteen")
    return {"greeting": GREETING, "left": round(context.get_remaining_time_in_millis() / 1000)}
"""
PROGRAM = """
import json, os, sys
from pathlib import Path
from localcloud.lambda_.sandbox import Event, SandboxSpec
from localcloud.virtual_time.process import Environ, Stdout
from localcloud.virtual_time.sandbox import InProcessSandbox
os.environ, sys.stdout = Environ(os.environ), Stdout(sys.stdout)

def sandbox(folder, name):
    variables = {
        "AWS_REGION": "us-east-1", "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_FUNCTION_VERSION": "1", "NAME": name,
    }
    spec = SandboxSpec("app.handler", (folder,), variables, 128, Path("home"))
    result = InProcessSandbox(spec, 0.5)
    result.start("1", 10)
    return result

def invoke(sandbox, seconds):
    result = sandbox.invoke(Event("1", json.dumps({"seconds": seconds}).encode(), "arn"), 60)
    lines = [line.message.strip() for line in sandbox.output.take()]
    print(result.payload.decode(), result.error_type, lines, sandbox.alive)
"""


def _function(folder: Path, greeting: str) -> str:
    (folder / "common").mkdir(parents=True)
    (folder / "common/words.py").write_text(f"GREETING = {greeting!r}\n")
    (folder / "app.py").write_text(FUNCTION)
    return str(folder)


def test_each_function_has_modules_variables_and_output_of_its_own(tmp_path: Path) -> None:
    first, second = _function(tmp_path / "1", "hello"), _function(tmp_path / "2", "bye")
    program = f"""
one, two = sandbox({first!r}, "one"), sandbox({second!r}, "two")
invoke(one, 10)
invoke(two, 20)
print("common" in sys.modules, "NAME" in os.environ)
"""
    assert run(PROGRAM + program) == [
        """{"greeting": "hello", "left": 50} None ['one f'] True""",
        """{"greeting": "bye", "left": 40} None ['two f'] True""",
        "False False",
    ]


def test_an_error_and_a_time_out_are_reported_as_lambda_does(tmp_path: Path) -> None:
    program = f"""
one = sandbox({_function(tmp_path, "hello")!r}, "one")
invoke(one, 13)
invoke(one, 61)
print(seconds())
"""
    failed, timed_out, seconds = run(PROGRAM + program)
    assert '"errorMessage": "thirteen", "errorType": "ValueError"' in failed
    assert "Task timed out after 60.00 seconds" in timed_out
    assert timed_out.endswith("Sandbox.Timedout ['one f'] False")
    assert seconds == "74"  # the start and 13 s, then as long as it may last
