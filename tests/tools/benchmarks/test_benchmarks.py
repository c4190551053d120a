"""The benchmarks: how CPU and calls are counted, and what the table says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tools.benchmarks import baseline, cpu, report
from tools.benchmarks import calls as api_calls
from tools.benchmarks.files import contenders
from tools.benchmarks.files.generate import BLOCK_ROWS, make_file
from tools.benchmarks.files.table import Cost, table
from tools.benchmarks.throughput import Run

_BURN = "import time\nwhile time.process_time() < 0.2: pass\nprint('burnt', flush=True)\ninput()"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_cpu_of_a_child_counts_as_the_sandboxes_while_it_lives_and_after_its_end() -> None:
    before = cpu.used(os.getpid())
    with subprocess.Popen(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", _BURN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        alive = cpu.used(os.getpid())
    after = cpu.used(os.getpid())
    assert before is not None
    assert alive is not None
    assert after is not None
    assert (alive - before).sandboxes >= 0.15
    assert (after - before).sandboxes >= 0.15


def test_calls_are_counted_by_service_within_the_time(tmp_path: Path) -> None:
    entries = [(1.0, "s3:GetObject"), (2.0, "s3:PutObject"), (2.5, "lambda:Invoke"), (9.0, "s3:X")]
    lines = [json.dumps({"time": time, "action": action}) + "\n" for time, action in entries]
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_text("".join(lines) + '{"time": 2.6, "act')
    assert api_calls.between(ledger, 2.0, 3.0) == {"s3": 1, "lambda": 1}


def test_the_plain_loop_does_the_work_of_a_generated_file() -> None:
    root = Path(baseline.__file__).parents[2]
    assert baseline.records_per_cpu_second(root / "assets" / "testfile.csv") > 100


def test_the_table_relates_each_run_to_both_baselines_and_shares_out_its_cpu() -> None:
    parts = {
        "interpreter": 4.0,
        "lambda": 2.0,
        "dynamodb": 9.0,
        "s3": 3.0,
        "ec2": 1.0,
        "other": 11.0,
    }
    calls = Counter({"s3": 100, "lambda": 4000})
    run = Run(2000, 20.0, 16.0, cpu.Cpu(30.0, 10.0), parts, calls)
    table = report.table(run, [run], [50_000.0])
    figures = {line[:52].strip(): line[52:].strip() for line in table.splitlines()}
    assert figures["records a second, end to end"] == "100"
    assert figures["times a public implementation's 40 to 55 a second"] == "1.8 to 2.5"
    assert figures["CPU a record, times the plain loop's"] == "1000"
    assert figures["share of CPU: interpreter of state machines"] == "10%"
    assert figures["share of CPU: workers (sandboxes, Lambda)"] == "30%"
    assert figures["share of CPU: store (DynamoDB, S3)"] == "30%"
    assert figures["share of CPU: everything else"] == "30%"
    assert figures["API calls a record: lambda"] == "2.00"
    assert "API calls a record: s3" not in figures


@pytest.mark.parametrize("name", ["splitter", "merger", "csv", "cat"])
def test_a_contender_takes_every_row_of_a_generated_file(name: str, tmp_path: Path) -> None:
    """The splitter and the merger check the number of rows themselves."""
    file = make_file(BLOCK_ROWS, tmp_path)
    command = [sys.executable, "-m", contenders.__name__, name, str(file), str(BLOCK_ROWS)]
    root = Path(contenders.__file__).parents[3]
    printed = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, check=True)  # noqa: S603
    cost = json.loads(printed.stdout)
    assert cost["bytes"] >= file.stat().st_size


def test_the_table_of_a_file_relates_cpu_to_the_csv_module() -> None:
    costs = {"splitter": Cost(2.0, 3.0, 2**20, 10**8), "csv": Cost(1.0, 1.0, 2**20, 10**8)}
    _, title, _, splitter, _ = table(10**6, 10**8, costs).splitlines()
    assert title == "1,000,000 rows, 100.0 MB"
    assert splitter.split() == ["splitter", "2.00", "2.00", "50", "2.00", "3.0", "1"]
