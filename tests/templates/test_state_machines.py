"""The states of the state machines: names, comments, timeouts, catches and paths."""

from __future__ import annotations

import re
from typing import Any

import pytest
from localcloud.testing import evaluate

from common.state_table import IS_OPEN
from emailer.execution_end import MAX_REASON_LENGTH
from tests.templates.loading import (
    MACHINES,
    read_template,
    resources,
    scopes,
    state_machine,
    states,
    strings,
    walk,
)

BATCH = "templates/batch.yaml"
STATES = [(name, state) for name in MACHINES for state in states(name)]
TASKS = [(name, state) for name, state in STATES if states(name)[state]["Type"] == "Task"]
SPECIFIED = {
    "main-orchestrator": [
        "Split Input File into chunks",
        "Call Step Functions for each chunk",
        "Merge all Files",
        "Email the file",
    ],
    "chunk-processor": [
        "Read",
        "Process messages",
        "Validate Data",
        "Get Financial Data",
        "Write output file",
    ],
}
CALL = ("Type", "Resource", "Arguments", "TimeoutSeconds", "Retry")
DEFINITIONS = {"main-orchestrator": "MainOrchestrator", "chunk-processor": "ChunkProcessor"}


@pytest.mark.parametrize("name", MACHINES)
def test_it_is_written_in_jsonata(name: str) -> None:
    assert state_machine(name)["QueryLanguage"] == "JSONata"


@pytest.mark.parametrize("name", MACHINES)
def test_it_has_the_steps_of_the_specification(name: str) -> None:
    assert set(SPECIFIED[name]) <= set(states(name))


@pytest.mark.parametrize("name", MACHINES)
def test_it_gets_exactly_the_substitutions_that_it_uses(name: str) -> None:
    used = set(re.findall(r"\$\{(\w+)\}", " ".join(strings(state_machine(name)))))
    resource = read_template(BATCH)["Resources"][DEFINITIONS[name]]
    assert used == set(resource["Properties"]["DefinitionSubstitutions"])


@pytest.mark.parametrize("name", MACHINES)
def test_state_names_are_unique_throughout(name: str) -> None:
    everywhere = [state for scope in scopes(name) for state in scope["States"]]
    assert len(set(everywhere)) == len(everywhere)


def test_no_state_of_one_machine_is_called_as_one_of_the_other() -> None:
    assert not set(states("main-orchestrator")) & set(states("chunk-processor"))


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_can_be_reached_and_leads_somewhere(name: str) -> None:
    for scope in scopes(name):
        reached, waiting = set(), [scope["StartAt"]]
        while waiting:
            state = waiting.pop()
            if state not in reached:
                reached.add(state)
                waiting += _next(scope["States"][state])
        assert reached == set(scope["States"])


@pytest.mark.parametrize(("name", "state"), STATES)
def test_a_state_has_a_comment_of_one_line(name: str, state: str) -> None:
    comment = states(name)[state]["Comment"]
    assert comment
    assert "\n" not in comment


@pytest.mark.parametrize(("name", "state"), TASKS)
def test_a_task_has_a_timeout(name: str, state: str) -> None:
    assert states(name)[state]["TimeoutSeconds"] > 0


@pytest.mark.parametrize(
    ("name", "state", "function"),
    [
        ("main-orchestrator", "Split Input File into chunks", "Splitter"),
        ("main-orchestrator", "Merge all Files", "Merger"),
        ("main-orchestrator", "Email the file", "Emailer"),
        ("chunk-processor", "Read", "Reader"),
        ("chunk-processor", "Validate Data", "Validator"),
        ("chunk-processor", "Write output file", "Writer"),
    ],
)
def test_a_task_waits_as_long_as_its_function_may_take(
    name: str, state: str, function: str
) -> None:
    task = states(name)[state]
    assert task["Arguments"]["FunctionName"] == f"${{{function}Arn}}"
    timeout = resources(BATCH, "AWS::Lambda::Function")[function]["Timeout"]
    assert task["TimeoutSeconds"] >= timeout


def test_a_chunk_ends_before_its_caller_stops_waiting() -> None:
    # SDK clients wait 60 s for a response
    assert state_machine("chunk-processor")["TimeoutSeconds"] < 60
    caller = states("main-orchestrator")["Run the Chunk Processor"]
    assert caller["Resource"] == "arn:aws:states:::aws-sdk:sfn:startSyncExecution"
    assert caller["TimeoutSeconds"] > state_machine("chunk-processor")["TimeoutSeconds"]


def test_a_chunk_that_succeeds_at_once_is_one_transition_of_a_standard_workflow() -> None:
    """Each costs 25 millionths of a dollar, and a million records are 2,000 chunks."""
    child = states("main-orchestrator")["Call Step Functions for each chunk"]["ItemProcessor"]
    first = child["States"][child["StartAt"]]
    assert first["Resource"] == "arn:aws:states:::aws-sdk:sfn:startSyncExecution"
    assert first["End"] is True
    assert evaluate(first["Output"], {"input": {}, "result": {"Status": "SUCCEEDED"}}) == 0


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT"])
def test_a_chunk_that_does_not_is_run_again_by_the_states_that_see_why(status: str) -> None:
    """An expression that fails is an error of its state, which Catch takes.

    https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html: "the interpreter
    will throw the error: States.QueryEvaluationError. Your Task, Map, and Parallel states can
    provide a Catch field to catch the error".
    """
    main = states("main-orchestrator")
    first, again = main["Run the Chunk Processor"], main["Run the Chunk Processor again"]
    with pytest.raises(Exception, match="did not succeed"):
        evaluate(first["Output"], {"input": {}, "result": {"Status": status}})
    assert "States.QueryEvaluationError" in first["Retry"][0]["ErrorEquals"]
    assert first["Retry"][0]["MaxAttempts"] == 0
    (catch,) = first["Catch"]
    assert catch["ErrorEquals"] == ["States.ALL"]
    assert catch["Output"] == "{% $states.input %}"
    wait = main[catch["Next"]]
    assert evaluate(wait["Output"], {"input": {"tries": 1}}) == {"tries": 2}
    assert wait["Next"] == "Run the Chunk Processor again"
    assert {name: again[name] for name in CALL} == {name: first[name] for name in CALL}


@pytest.mark.parametrize(
    "state", ["Wait for a slot", "Wait for capacity", "Wait before the next try"]
)
def test_a_chunk_that_has_waited_is_run_by_the_states_that_see_why(state: str) -> None:
    assert states("main-orchestrator")[state]["Next"] == "Run the Chunk Processor again"


def test_no_state_of_a_chunk_loses_what_another_run_of_it_needs() -> None:
    chunks = states("main-orchestrator")["Call Step Functions for each chunk"]
    chunk = dict.fromkeys(chunks["ItemSelector"], 1)
    values = {"result": {"Status": "FAILED"}, "errorOutput": {"Error": "e", "Cause": "c"}}
    again = ("Wait a moment", "Run the Chunk Processor again", "Is the chunk done?")
    states_of_chunk = chunks["ItemProcessor"]["States"].values()
    ways = [way for state in states_of_chunk for way in (state, *state.get("Catch", ()))]
    outputs = [way["Output"] for way in ways if way.get("Next") in again]
    assert len(outputs) == 7
    for output in outputs:
        assert evaluate(output, {"input": chunk, **values}).keys() >= chunk.keys()


def test_the_list_of_chunks_is_read_from_s3_and_no_failed_chunk_is_tolerated() -> None:
    chunks = states("main-orchestrator")["Call Step Functions for each chunk"]
    assert chunks["ItemReader"]["Resource"] == "arn:aws:states:::s3:getObject"
    assert chunks["ItemReader"]["ReaderConfig"] == {"InputType": "JSONL"}
    assert chunks["ItemProcessor"]["ProcessorConfig"] == {
        "Mode": "DISTRIBUTED",
        "ExecutionType": "STANDARD",
    }
    assert chunks["ToleratedFailureCount"] == 0


def test_a_distributed_map_uses_no_variable_of_its_surroundings() -> None:
    # a child execution cannot see them
    outer = set(_assigned(state_machine("main-orchestrator")["States"].values()))
    inner = states("main-orchestrator")["Call Step Functions for each chunk"]["ItemProcessor"]
    own = set(_assigned(inner["States"].values()))
    used = {name for text in strings(inner) for name in re.findall(r"\$(\w+)", text)}
    assert not used & (outer - own)


def test_the_results_of_the_chunks_are_written_to_s3_so_that_no_number_of_them_exceeds_state() -> (
    None
):
    """https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html"""
    chunks = states("main-orchestrator")["Call Step Functions for each chunk"]
    assert chunks["ResultWriter"]["Resource"] == "arn:aws:states:::s3:putObject"
    prefix = evaluate(chunks["ResultWriter"]["Arguments"]["Prefix"], {}, attempt_id="r")
    assert prefix == "work/r/map"
    assert chunks["Output"] == {}


def test_no_step_of_a_run_ends_it_with_an_error_that_is_not_put_into_words() -> None:
    """So the cause of an execution that failed is a sentence, and nobody has to parse it."""
    for state in state_machine("main-orchestrator")["States"].values():
        if state["Type"] in ("Task", "Map"):
            assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"]


def test_the_message_of_a_function_is_found_in_its_cause_by_one_expression() -> None:
    """ASL has no way to share an expression, so this test keeps the two copies equal."""
    main = states("main-orchestrator")
    of_chunk = main["Say why the chunk failed"]["Assign"]["reason"]
    of_run = main["Put the failure into words"]["Assign"]["reason"]
    assert (
        of_chunk.replace("'Chunk ' & $states.input.chunk.index & ': ' & ", "").replace(
            "$states.input.reason", "$states.input.Cause"
        )
        == of_run
    )
    assert f", 0, {MAX_REASON_LENGTH})" in of_run


def test_every_failure_of_the_run_takes_the_one_path() -> None:
    for name in SPECIFIED["main-orchestrator"]:
        (catch,) = states("main-orchestrator")[name]["Catch"]
        assert catch["ErrorEquals"] == ["States.ALL"]
        assert catch["Next"] == "Put the failure into words"


def test_the_failure_path_asks_records_notifies_mails_and_fails() -> None:
    path: list[str] = []
    state: Any = "Put the failure into words"
    while state:
        path.append(state)
        here = states("main-orchestrator")[state]
        state = here.get("Next", here.get("Default", ""))
    assert path == [
        "Put the failure into words",
        "Ask whether the run is still ours",
        "Is the failure ours to tell?",
        "Record the failure",
        "Tell the operators",
        "Mail the failure",
        "Run failed",
    ]


@pytest.mark.parametrize("state", ["Record the failure", "Tell the operators", "Mail the failure"])
def test_a_failure_on_the_failure_path_does_not_hide_the_reason(state: str) -> None:
    here = states("main-orchestrator")[state]
    last = here["Catch"][-1]
    assert last["ErrorEquals"] == ["States.ALL"]
    assert last["Next"] == here["Next"]


def test_an_attempt_that_is_closed_is_never_marked_failed() -> None:
    arguments = states("main-orchestrator")["Record the failure"]["Arguments"]
    assert arguments["ConditionExpression"] == IS_OPEN
    (first, _) = states("main-orchestrator")["Record the failure"]["Catch"]
    assert first["ErrorEquals"] == ["DynamoDB.ConditionalCheckFailedException"]


@pytest.mark.parametrize("state", ["Was it published?", "Is the failure ours to tell?"])
def test_defect_5_a_superseded_run_ends_as_superseded(state: str) -> None:
    first, *_ = states("main-orchestrator")[state]["Choices"]
    assert first == {"Condition": "{% $superseded %}", "Next": "Superseded"}
    assert states("main-orchestrator")["Superseded"]["Type"] == "Succeed"


def test_a_mail_that_has_to_wait_is_tried_again_with_what_was_waited_for() -> None:
    main = states("main-orchestrator")
    _, waits = main["Was it published?"]["Choices"]
    wait = main[waits["Next"]]
    assert (wait["Seconds"], wait["Next"]) == ("{% $wait.seconds %}", "Email the file")
    assert "'wait': $wait" in main["Email the file"]["Arguments"]["Payload"]


def test_objects_and_rejects_have_the_id_of_their_attempt_so_that_two_regions_never_meet() -> None:
    main = states("main-orchestrator")
    split = main["Split Input File into chunks"]["Arguments"]["Payload"]["attempt_id"]
    assert split == "{% $states.input.attempt_id %}"
    assert main["Merge all Files"]["Arguments"]["Payload"]["attempt_id"] == "{% $attempt_id %}"
    assert "'attempt_id': $states.input.attempt_id" in str(
        main["Run the Chunk Processor"]["Arguments"]
    )


def test_waiting_for_replication_ends_after_about_16_minutes() -> None:
    look = states("main-orchestrator")["Look whether it has replicated"]
    wait = states("main-orchestrator")["Wait for replication"]
    pending, looks, waits = {"result": {"ReplicationStatus": "PENDING"}}, 0, []
    while not evaluate(look["Assign"]["given_up"], pending, looks=looks):
        looks = evaluate(look["Assign"]["looks"], pending, looks=looks)
        waits.append(evaluate(wait["Seconds"], {}, looks=looks))
    assert waits[:3] == [1, 2, 3]
    assert max(waits) == 30
    assert 15 * 60 < sum(waits) <= 17 * 60


def test_no_error_makes_a_reject() -> None:
    """Only the lists of the validator and the enricher do."""
    records = states("chunk-processor")["Process messages"]["ItemProcessor"]
    assert not [value for value in walk(records) if isinstance(value, dict) and "Catch" in value]


def _next(state: dict[str, Any]) -> list[str]:
    rules = [*state.get("Choices", []), *state.get("Catch", [])]
    following = [rule["Next"] for rule in (state, *rules) if "Next" in rule]
    return following + ([state["Default"]] if "Default" in state else [])


def _assigned(scope: Any) -> list[str]:
    """Return the variables that these states assign, without those of states within them."""
    return [
        variable
        for state in scope
        for rule in (state, *state.get("Catch", []))
        for variable in rule.get("Assign", {})
    ]
