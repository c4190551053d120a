"""The gateway checks a call, answers it, records it and tells those who watch."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Request, Response
from localcloud.gateway.identify import Call
from localcloud.gateway.principals import service_principal
from tests.gateway.requests import KEY, signed, unsigned

QUEUES = "https://sqs.us-east-1.amazonaws.com/"


def list_queues(key: str = KEY) -> Request:
    return signed(
        QUEUES, "us-east-1/sqs", key=key, body=b"{}", X_Amz_Target="AmazonSQS.ListQueues",
        Content_Type="application/x-amz-json-1.0",
    )  # fmt: skip


def outcomes(cloud: Cloud) -> list[tuple[str, str, int]]:
    return [(entry.action, entry.outcome, entry.status) for entry in cloud.ledger.entries()]


def test_a_call_passes_checks_handlers_and_watchers_in_this_order(cloud: Cloud) -> None:
    steps: list[str] = []
    gateway = cloud.gateway

    def answer(_: Call) -> Response:
        steps.append("second")
        return Response(200)

    gateway.checks.append(lambda _: steps.append("check"))
    gateway.register("sqs", lambda _: steps.append("first"))
    gateway.register("sqs", answer)
    gateway.watch("sqs", lambda _, response: steps.append(f"watcher {response.status}"))
    gateway.handle(list_queues())
    assert steps == ["check", "first", "second", "watcher 200"]


def test_moto_answers_what_no_handler_does(cloud: Cloud) -> None:
    assert cloud.gateway.handle(list_queues()).status == 200
    assert outcomes(cloud) == [("sqs:ListQueues", "ok", 200)]


def test_a_rewriter_changes_the_host_before_the_call_is_identified(cloud: Cloud) -> None:
    west = QUEUES.replace("east-1", "west-2")
    cloud.gateway.rewriters.append(lambda request: replace(request, url=west))
    calls: list[Call] = []
    cloud.gateway.watch("sqs", lambda call, _: calls.append(call))
    cloud.gateway.handle(list_queues())
    assert calls[0].request.host == "sqs.us-west-2.amazonaws.com"


def test_a_refused_call_has_no_effect_and_is_recorded(cloud: Cloud) -> None:
    def refuse(_: Call) -> None:
        raise ApiError("AccessDenied", "No.", 403)

    cloud.gateway.checks.append(refuse)
    cloud.gateway.watch("sqs", lambda _, _response: pytest.fail("a watcher was told"))
    assert cloud.gateway.handle(list_queues()).status == 403
    assert outcomes(cloud) == [("sqs:ListQueues", "AccessDenied", 403)]


def test_a_cut_connection_has_no_answer(cloud: Cloud) -> None:
    def cut(call: Call) -> None:
        raise ConnectionCut(call.request.host)

    cloud.gateway.checks.append(cut)
    with pytest.raises(ConnectionCut):
        cloud.gateway.handle(list_queues())
    with pytest.raises(EndpointConnectionError):
        cloud.clients.client("sqs", "us-east-1").list_queues()
    assert outcomes(cloud)[0] == ("sqs:ListQueues", "ConnectionCut", 0)


def test_a_defect_is_an_internal_failure_that_names_it(
    cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Call) -> None:
        raise ZeroDivisionError("defect")

    cloud.gateway.register("sqs", fail)
    response = cloud.gateway.handle(list_queues())
    assert response.status == 500
    assert "ZeroDivisionError('defect')" in json.loads(response.body)["Message"]
    assert "call failed inside the local cloud" in caplog.text


@pytest.mark.parametrize(
    ("request_", "code"),
    [(unsigned(QUEUES), "MissingAuthenticationToken"),
     (list_queues(key="AKIAUNKNOWN"), "InvalidClientTokenId"),
     (signed("https://b.s3.us-east-1.amazonaws.com/", "us-east-1/s3", "GET", key="AKIAUNKNOWN"),
      "InvalidAccessKeyId")],
)  # fmt: skip
def test_a_caller_who_is_not_known_is_refused(cloud: Cloud, request_: Request, code: str) -> None:
    assert cloud.gateway.handle(request_).status == 403
    assert outcomes(cloud)[0][1:] == (code, 403)


def test_an_open_service_takes_unsigned_calls_and_checks_them(cloud: Cloud) -> None:
    gateway = cloud.gateway
    gateway.open_services.add("execute-api")
    checked: list[str] = []
    gateway.checks.append(lambda call: checked.append(call.principal.arn))
    gateway.register("execute-api", lambda call: Response(200, {}, call.principal.arn.encode()))
    api = "https://a1.execute-api.us-east-1.amazonaws.com/prod/x"
    assert gateway.handle(unsigned(api)).body == b"anonymous"
    assert checked == ["anonymous"]
    unknown = signed(api, "us-east-1/execute-api", "GET", key="AKIAUNKNOWN")
    assert gateway.handle(unknown).status == 403


def test_a_service_calls_in_its_own_name(cloud: Cloud) -> None:
    principal = service_principal("events.amazonaws.com")
    cloud.gateway.handle(list_queues(), principal)
    [entry] = cloud.ledger.entries()
    assert entry.principal == "events.amazonaws.com"


def test_an_operation_that_moto_lacks_is_refused_by_name(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match="does not emulate the operation sqs:StartMessageMove"):
        cloud.clients.client("sqs", "us-east-1").start_message_move_task(SourceArn="a")
    response = cloud.gateway.handle(signed("https://glue.nowhere.example/", "us-east-1/nothing"))
    assert response.status == 501


def test_a_client_is_made_once_for_each_service_region_and_principal(cloud: Cloud) -> None:
    clients, service = cloud.clients, service_principal("s3.amazonaws.com")
    assert clients.client("sqs", "us-east-1") is clients.client("sqs", "us-east-1")
    assert clients.client("sqs", "us-east-1") is not clients.client("sqs", "us-west-2")
    assert clients.client("sqs", "us-east-1") is not clients.client("sqs", "us-east-1", service)


def test_a_zipped_body_is_read_but_an_object_of_s3_stays_zipped(cloud: Cloud) -> None:
    zipped = gzip.compress(b'{"QueueNamePrefix": "q"}')
    params: list[dict[str, str]] = []
    cloud.gateway.register("sqs", lambda call: params.append(call.params))
    request = list_queues()
    request.body, request.headers["Content-Encoding"] = zipped, "gzip"
    cloud.gateway.handle(request)
    s3 = cloud.clients.client("s3", "us-east-1")
    s3.create_bucket(Bucket="b-1")
    s3.put_object(Bucket="b-1", Key="k", Body=zipped, ContentEncoding="gzip")
    assert params == [{"QueueNamePrefix": "q"}]
    assert s3.get_object(Bucket="b-1", Key="k")["Body"].read() == zipped


@pytest.mark.parametrize(
    ("request_", "content_type", "words"),
    [
        (
            unsigned("https://b.s3.us-east-1.amazonaws.com/k"),
            "application/xml",
            "<Code>AccessDenied",
        ),
        (list_queues(), "application/x-amz-json-1.0", "#AccessDeniedException"),
        (unsigned("http://evil.example/"), "application/json", '{"Message": "of a page"}'),
    ],
    ids=["s3", "sqs", "unknown"],
)
def test_a_sender_is_forbidden_in_the_form_of_the_service(
    cloud: Cloud, request_: Request, content_type: str, words: str
) -> None:
    response = cloud.gateway.refuse(request_, "AccessDenied", "of a page", 403)
    headers = {name.lower(): value for name, value in response.headers.items()}
    assert (response.status, headers["content-type"]) == (403, content_type)
    assert words in response.body.decode()
    assert outcomes(cloud)[-1][2] == 403
