"""Identifiers of calls."""

import os
import uuid

import pytest

from localcloud.identifiers import hexadecimal, request_id, seed


def test_a_request_id_is_a_uuid_of_version_4() -> None:
    parsed = [uuid.UUID(request_id()) for _ in range(100)]
    assert {(item.version, item.variant) for item in parsed} == {(4, uuid.RFC_4122)}


def test_identifiers_differ_and_have_their_length() -> None:
    assert len({request_id() for _ in range(1000)}) == 1000
    assert {len(hexadecimal(24)) for _ in range(1000)} == {24}


def test_a_seed_repeats_them() -> None:
    seed(7)
    first = request_id()
    seed(7)
    assert request_id() == first


def test_an_identifier_needs_no_system_call(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> bytes:
        raise AssertionError("the kernel was asked")

    monkeypatch.setattr(os, "urandom", refuse)
    assert request_id() != hexadecimal(36)
