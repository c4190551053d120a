"""A service has a method for each operation; its pager cuts the lists that they return."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.paging import Pager
from localcloud.gateway.service import Service, method_name

QUEUE = "https://sqs.us-east-1.amazonaws.com/1/q"


class Queues(Service):
    service = "sqs"
    pager = Pager(10, "InvalidToken", "no position: {token}", largest=50)

    def __init__(self) -> None:
        self.queues = [f"https://q/{number}" for number in range(120)]

    def list_queues(self, _: Call, **params: Any) -> dict[str, Any]:
        prefix = params.pop("QueueNamePrefix", "https://q/")
        assert params == {}, "an operation does not see the members about pages"
        return {"QueueUrls": [url for url in self.queues if url.startswith(prefix)]}

    def get_queue_url(self, call: Call, **params: Any) -> dict[str, Any]:
        return {"QueueUrl": f"https://{call.region}/{params['QueueName']}"}

    def purge_queue(self, _: Call, **_params: Any) -> Response:
        return Response(204)

    def delete_queue(self, _: Call, **_params: Any) -> dict[str, Any]:
        raise ApiError("UnsupportedOperation", "Queues are kept.", 400)


@pytest.fixture
def sqs(cloud: Cloud) -> Any:
    cloud.gateway.register("sqs", Queues())
    return cloud.clients.client("sqs", "us-east-1")


@pytest.mark.parametrize(
    ("operation", "method"),
    [
        ("StartSyncExecution", "start_sync_execution"),
        ("ListFunctions20150331", "list_functions20150331"),
        ("GetMFADevice", "get_mfa_device"),
    ],
)
def test_a_method_is_named_after_its_operation(operation: str, method: str) -> None:
    assert method_name(operation) == method


def test_a_method_gets_the_input_and_returns_the_output(sqs: Any) -> None:
    assert sqs.get_queue_url(QueueName="q")["QueueUrl"] == "https://us-east-1/q"


def test_a_method_may_return_a_response(sqs: Any) -> None:
    response = sqs.purge_queue(QueueUrl=QUEUE)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_an_error_of_a_method_is_answered(sqs: Any) -> None:
    with pytest.raises(ClientError, match=r"UnsupportedOperation\).*Queues are kept\."):
        sqs.delete_queue(QueueUrl=QUEUE)


def test_an_operation_without_a_method_is_refused_by_name(sqs: Any) -> None:
    with pytest.raises(ClientError, match="does not emulate the operation sqs:CreateQueue"):
        sqs.create_queue(QueueName="q")


def test_a_service_that_falls_through_leaves_operations_to_moto(
    sqs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Queues, "falls_through", True)
    assert sqs.create_queue(QueueName="q")["QueueUrl"].endswith("/q")


def test_a_list_comes_in_pages_of_the_default_size(sqs: Any) -> None:
    page = sqs.list_queues()
    assert [len(page["QueueUrls"]), page["NextToken"]] == [10, "10"]
    assert sqs.list_queues(NextToken="10")["QueueUrls"][0] == "https://q/10"


def test_the_pages_of_a_paginator_are_the_whole_list(sqs: Any) -> None:
    pages = list(sqs.get_paginator("list_queues").paginate(MaxResults=50))
    assert [len(page["QueueUrls"]) for page in pages] == [50, 50, 20]
    assert "NextToken" not in pages[-1]


def test_a_page_is_not_larger_than_the_largest(sqs: Any) -> None:
    assert len(sqs.list_queues(MaxResults=1000)["QueueUrls"]) == 50


def test_a_list_that_fits_has_no_token(sqs: Any) -> None:
    assert "NextToken" not in sqs.list_queues(QueueNamePrefix="https://q/119")


@pytest.mark.parametrize("token", ["x", "-1", "121"])
def test_a_token_that_is_no_position_is_refused(sqs: Any, token: str) -> None:
    with pytest.raises(ClientError, match=rf"\(InvalidToken\).*no position: {token}"):
        sqs.list_queues(NextToken=token)
