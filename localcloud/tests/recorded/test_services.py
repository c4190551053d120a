"""What AWS was recorded answering for services that moto stores, as data with its source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud import dynamodb, events, iam
from localcloud.cloud import Cloud, new_cloud
from localcloud.settings import Settings

_RECORDED = json.loads((Path(__file__).parent / "services.json").read_text(encoding="utf-8"))
_CASES = [
    pytest.param(
        case,
        id=f"{case['service']}: {case['name']}",
        marks=[pytest.mark.xfail(reason=case["differs"], strict=True)] if "differs" in case else [],
    )
    for case in _RECORDED["cases"]
]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    cloud = new_cloud(Settings(tmp_path_factory.mktemp("recorded")))
    for service in (iam, dynamodb, events):
        service.install(cloud)
    yield cloud
    cloud.close()


@pytest.mark.parametrize("case", _CASES)
def test_a_service_answers_as_aws_did(cloud: Cloud, case: dict[str, Any]) -> None:
    client = cloud.clients.client(case["service"], "us-east-1")
    for operation, params in case.get("setup", []):
        getattr(client, operation)(**params)
    call = getattr(client, case["operation"])
    if "error" in case:
        code, message = case["error"]
        with pytest.raises(ClientError) as raised:
            call(**case["params"])
        error = raised.value.response["Error"]
        assert error["Code"] == code
        assert message in error["Message"]
        return
    response = call(**case["params"])
    assert {name: response[name] for name in case["response"]} == case["response"]
