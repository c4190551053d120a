"""The clients of the functions."""

from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.useragent import UserAgentString

from common import aws


class _Sent(Exception):
    """The request goes no further."""


def test_a_request_names_the_sdk_without_making_the_name_anew(
    account: None,  # noqa: ARG001 - for its credentials
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user_agents: list[str] = []

    def send(request: AWSPreparedRequest, **_: Any) -> None:
        headers: Any = request.headers  # of bytes, unlike its stub
        user_agents.append(headers["User-Agent"].decode())
        raise _Sent

    client = aws.lambda_()
    client.meta.events.register_first("before-send", send)
    monkeypatch.setattr(UserAgentString, "_build_sdk_metadata", lambda _: pytest.fail("was made"))
    with pytest.raises(_Sent):
        client.get_account_settings()
    [user_agent] = user_agents
    assert user_agent.startswith(f"{aws.USER_AGENT} Botocore/1.")
