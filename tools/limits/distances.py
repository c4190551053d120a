"""How far the system is from each quota, with the default settings in an ordinary account."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from common import upload
from common.csv_lines import ROW_BYTES
from common.keys import FILE_NAME_BYTES, output
from deployment.deployer.capacity import model, quotas
from deployment.deployer.capacity.quotas import Quota
from emailer.file_facts import display_name
from emailer.mail import Download, Facts, Mail
from emailer.mime_message import mime_message
from merger import merge
from splitter.input_size import INPUT_BYTES, INPUT_LINES
from tools.limits import sources
from tools.limits.sources import ORDINARY
from tools.templates import ROOT, Json

ROW = 80  # bytes
MANIFEST_LINE = 200  # bytes: a key with the attempt's id, and four numbers
REQUEST_SECONDS = 0.025  # of S3, as make bench-files assumes
# The longest id of an attempt: 40 letters, a dash, 24 digits, and a number.
ATTEMPT_ID = "a" * 40 + "-" + "0" * 24 + "-0001"
EVENTS_PER_TRY = 3  # scheduled, started, failed
EVENTS_PER_LOOK = 9  # five of the call, two each of Choice and Wait
OUTPUT_ROW = 140  # bytes of a row of a result
LONGEST_NAME = 1024
LINK_CHARACTERS = 3000  # a presigned link has about 1,800
PATIENT = 100  # a Retry of more attempts waits throttling out


@dataclass(frozen=True)
class Distance:
    """What we use of a quota, where, and what to turn when it does not suffice."""

    quota: Quota
    use: float
    place: str
    remedy: str

    @property
    def factor(self) -> float:
        return self.quota.value / self.use


def _state_machines() -> Iterator[Distance]:
    settings = sources.makefile_settings()
    width = sources.width(ORDINARY)
    main = sources.state_machine("main-orchestrator")
    chunk = sources.state_machine("chunk-processor")
    yield Distance(
        quotas.STATE_BYTES,
        int(settings.chunk_bytes),
        "the records of a chunk in the Chunk Processor, enriched",
        "`CHUNK_BYTES`, or `CHUNK_RECORDS`; the splitter closes a chunk by both",
    )
    yield Distance(
        quotas.HISTORY_EVENTS,
        _events(main),
        "a Main Orchestrator that is throttled for the whole of its time-out",
        "longer waits in its Retry entries, or a shorter `TimeoutSeconds`",
    )
    yield Distance(
        quotas.HISTORY_EVENTS,
        _events_of_a_child(main),
        "a child of the Map that finds no slot for as long as a run may take",
        "longer waits in *Wait for a slot*",
    )
    yield Distance(
        quotas.EXPRESS_SECONDS,
        chunk["TimeoutSeconds"],
        "a chunk",
        "`CHUNK_RECORDS` down, or `RECORD_CONCURRENCY` up",
    )
    yield Distance(
        quotas.SYNC_CALL_SECONDS,
        chunk["TimeoutSeconds"],
        "the call of the Chunk Processor",
        "the same",
    )
    yield Distance(
        quotas.STANDARD_SECONDS, main["TimeoutSeconds"], "a run", "nothing: it ends after two days"
    )
    yield Distance(
        quotas.DEFINITION_BYTES, sources.definition_bytes(), "the larger state machine", "nothing"
    )
    yield Distance(
        quotas.INLINE_CONCURRENCY,
        width.record_concurrency,
        "calls for the records of a chunk at once",
        "`RECORDS_PER_CALL` up",
    )
    yield Distance(
        quotas.CHILDREN, width.chunk_concurrency, "chunks of a file at once", "`CHUNK_CONCURRENCY`"
    )
    chunks = INPUT_BYTES / ROW / width.chunk_records
    yield Distance(
        quotas.MAP_ITEMS,
        chunks,
        "chunks of the largest file, with rows of 80 bytes",
        "`CHUNK_RECORDS` up",
    )
    yield Distance(
        quotas.MAP_INPUT_BYTES,
        chunks * MANIFEST_LINE,
        "the manifest of such a file",
        "`CHUNK_RECORDS` up",
    )
    yield Distance(quotas.MAP_RUNS, 100, "a hundred files at once; others wait", "nothing")


def _events(machine: Json) -> float:
    """Return the events of an execution that tries one state again for as long as it may."""
    delays = [
        int(entry["MaxDelaySeconds"])
        for state in machine["States"].values()
        for entry in state.get("Retry", [])
        if entry["MaxAttempts"] > PATIENT
    ]
    return EVENTS_PER_TRY * int(machine["TimeoutSeconds"]) / (min(delays) / 2)


def _events_of_a_child(machine: Json) -> float:
    """Return the events of a child that looks for a slot until the run ends."""
    children = machine["States"]["Call Step Functions for each chunk"]["ItemProcessor"]["States"]
    match = re.search(r"looks >= (\d+) \? (\d+) ", children["Wait for a slot"]["Seconds"])
    if not match:
        raise ValueError("Wait for a slot does not wait longer after many looks")
    looks, seconds = map(int, match.groups())
    average = 0.75 * seconds  # half of it to all of it
    return EVENTS_PER_LOOK * (looks + int(machine["TimeoutSeconds"]) / average)


def _rates() -> Iterator[Distance]:
    """What all slots of a Region use at once."""
    width = sources.width(ORDINARY)
    chunks = width.chunk_slots / model.chunk_seconds(width)
    calls = chunks * width.calls_per_chunk
    one_file = model.file_chunks(width) / model.chunk_seconds(width)
    yield Distance(
        quotas.CHILD_STARTS,
        one_file,
        "chunks of a file",
        "`CHUNK_RECORDS` up: fewer, larger chunks",
    )
    yield Distance(
        quotas.TRANSITIONS,
        chunks * model.TRANSITIONS_PER_CHUNK,
        "the children of the Map, all slots taken",
        "`CHUNK_RECORDS` up; a higher quota",
    )
    yield Distance(quotas.STARTS, 10, "ten uploads a second", "a higher quota; Lambda tries again")
    yield Distance(
        quotas.MAIL_RATE,
        10,
        "ten files a second that end",
        "a higher quota; a finished file waits for its mail",
    )
    yield Distance(
        quotas.FUNCTIONS,
        width.functions,
        "all slots taken: `CHUNK_SLOTS` x `RECORD_CONCURRENCY`",
        "a higher quota, and then `make deploy`; or `CHUNK_SLOTS` down",
    )
    yield Distance(
        quotas.INVOCATIONS,
        2 * (calls + chunks),
        "all slots taken: validator and enricher for each call",
        "`RECORDS_PER_CALL` up; a higher quota of functions",
    )
    yield Distance(
        quotas.SCALING,
        width.functions,
        "all slots taken at the same moment",
        "nothing: Lambda catches up",
    )
    yield Distance(
        quotas.API_REQUESTS,
        calls,
        "all slots taken: one request a call",
        "`RECORDS_PER_CALL` up; a higher quota, and then `make deploy`",
    )
    rows = chunks * width.chunk_records
    yield Distance(
        quotas.TABLE_READS,
        rows * model.READ_UNITS_PER_RECORD,
        "`financial-data`, all slots taken",
        "`WarmThroughput` in `templates/tables.yaml`; or nothing, DynamoDB follows the load",
    )
    yield Distance(
        quotas.TABLE_WRITES,
        rows,
        "`batch-errors`, if every row of every file is rejected",
        "nothing: throttled writes are waited out, and DynamoDB allows twice the former peak",
    )
    yield Distance(
        quotas.PARTITION_WRITES,
        width.chunk_records / model.chunk_seconds(width),
        "`batch-errors`, if every row of a chunk is rejected: they share a partition key",
        "`CHUNK_RECORDS` down; throttled writes are waited out",
    )
    yield Distance(
        quotas.PARTITION_WRITES,
        chunks * model.SLOT_WRITES_PER_CHUNK,
        "the slots of a Region, which share a partition key",
        "`CHUNK_RECORDS` up",
    )
    requests = merge.READERS / REQUEST_SECONDS
    yield Distance(
        quotas.PREFIX_READS,
        requests,
        f"a merger, {merge.READERS} requests at a time",
        "nothing: each file has its prefix",
    )
    yield Distance(
        quotas.PREFIX_WRITES,
        chunks,
        "the writers of all chunks",
        "nothing: each file has its prefix",
    )


def _functions() -> Iterator[Distance]:
    settings = sources.makefile_settings()
    yield Distance(
        quotas.PAYLOAD_BYTES,
        int(settings.chunk_bytes),
        "a chunk, from the reader and to the writer",
        "`CHUNK_BYTES`",
    )
    yield Distance(
        quotas.FUNCTION_SECONDS,
        model.predict(INPUT_LINES, sources.width(ORDINARY)).phases["split"],
        f"splitter of the most lines, {INPUT_LINES / 1e6:.0f} million",
        "the splitter's memory in `templates/batch.yaml`, which brings it processor time",
    )
    yield Distance(
        quotas.VARIABLES_BYTES, sources.variables_bytes(), "the longest environment", "nothing"
    )
    yield Distance(
        quotas.API_SECONDS,
        sources.function_timeout("enricher"),
        "the enricher's time-out",
        "nothing",
    )
    yield Distance(
        quotas.API_PAYLOAD_BYTES,
        sources.width(ORDINARY).records_per_call * ROW_BYTES,
        "the longest records of a call",
        "`RECORDS_PER_CALL` down",
    )


def _storage() -> Iterator[Distance]:
    yield Distance(
        quotas.ITEM_BYTES,
        2 * ROW_BYTES,
        "a reject of the longest row, with its values and as it came",
        "nothing: longer rows are cut",
    )
    longest = output(ATTEMPT_ID, "input/" + "n" * FILE_NAME_BYTES) + ".rejects.csv"
    yield Distance(quotas.KEY_BYTES, len(longest), "the longest key", "nothing: names are cut")
    yield Distance(
        quotas.PARTS,
        2 * INPUT_BYTES / upload.PART_BYTES,
        "a result of twice the largest file",
        "`PART_BYTES` in `functions/common/upload.py`",
    )
    output_bytes = OUTPUT_ROW * _rows_a_second()
    yield Distance(
        quotas.REPLICATED_BYTES,
        output_bytes,
        "the results of all slots",
        "a higher quota; a result that is late is mailed with a note",
    )
    mail = _longest_mail()
    yield Distance(quotas.MAIL_BYTES, len(mail), "a mail with the longest names", "nothing")
    yield Distance(
        quotas.MAIL_LINE,
        max(map(len, mail.splitlines())),
        "the longest line; quoted-printable breaks longer ones",
        "nothing",
    )
    yield Distance(
        quotas.MAILS, 100, "a hundred files a day", "SES's production access; a higher quota"
    )


def _rows_a_second() -> float:
    width = sources.width(ORDINARY)
    return width.chunk_slots / model.chunk_seconds(width) * width.chunk_records


def _longest_mail() -> bytes:
    facts = Facts(tuple(("n" * 20, "n" * LONGEST_NAME) for _ in range(12)))
    links = [Download("n" * 20, "n" * LINK_CHARACTERS) for _ in range(2)]
    mail = Mail("All rows rejected: " + display_name("n" * LONGEST_NAME), (facts, *links))
    return mime_message(mail, "a" * 64 + "@example.com", "a" * 64 + "@example.com")


def _stacks() -> Iterator[Distance]:
    rule_targets = max(
        len(rule.get("Targets", [])) for rule in sources.resources("AWS::Events::Rule")
    )
    attached = max(
        len(role.get("ManagedPolicyArns", [])) for role in sources.resources("AWS::IAM::Role")
    )
    widgets = sources.dashboard_widgets()
    endpoints = [
        endpoint
        for endpoint in sources.resources("AWS::EC2::VPCEndpoint")
        if endpoint.get("VpcEndpointType") == "Interface"
    ]
    subnets = len(list(sources.resources("AWS::EC2::Subnet")))
    none = "nothing: a further template"
    yield Distance(quotas.TEMPLATE_BYTES, sources.template_bytes(), "the largest template", none)
    yield Distance(quotas.RESOURCES, sources.most("Resources"), "the largest template", none)
    yield Distance(quotas.PARAMETERS, sources.most("Parameters"), "the largest template", none)
    yield Distance(quotas.OUTPUTS, sources.most("Outputs"), "the largest template", none)
    yield Distance(
        quotas.ROLE_POLICY_BYTES,
        sources.role_policy_characters(),
        "the longest role, with the longest names",
        "a managed policy",
    )
    yield Distance(quotas.ATTACHED_POLICIES, attached, "a function's role", "a higher quota")
    yield Distance(quotas.VPCS, 1, "the network; `make check` looks", "a higher quota")
    yield Distance(quotas.INTERFACE_ENDPOINTS, len(endpoints), "the network", "nothing")
    yield Distance(
        quotas.LAMBDA_INTERFACES, subnets, "all functions share them, however many run", "nothing"
    )
    yield Distance(
        quotas.SUBNET_ADDRESSES,
        len(endpoints) + 1,
        "an address for each endpoint, and for Lambda's interface",
        "`PRIMARY_CIDR`, `SECONDARY_CIDR`",
    )
    yield Distance(quotas.RULE_TARGETS, rule_targets, "a rule", "nothing")
    yield Distance(
        quotas.ALARMS,
        len(list(sources.resources("AWS::CloudWatch::Alarm"))),
        "an ENV, in each Region",
        "a higher quota",
    )
    yield Distance(quotas.DASHBOARD_METRICS, sum(widgets), "the dashboard", "nothing")
    yield Distance(quotas.WIDGET_METRICS, max(widgets), "a widget", "nothing")
    runbook = (ROOT / "runbooks/automation-failover.yaml").stat().st_size
    yield Distance(quotas.RUNBOOK_BYTES, runbook, "the runbook", "nothing")


# By table of the page: what is used at once, what one thing may have, and what is deployed once.
TABLES: dict[str, Callable[[], Iterator[Distance]]] = {
    "quotas at once": _rates,
    "quotas of one": lambda: chain(_state_machines(), _functions(), _storage()),
    "quotas of the deployment": _stacks,
}


def distances() -> Iterator[Distance]:
    """Yield those of all tables."""
    return chain.from_iterable(table() for table in TABLES.values())
