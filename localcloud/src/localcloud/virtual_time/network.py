"""Puts a cloud's functions into this process, and lets calls take a random time."""

from __future__ import annotations

import _thread
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import boto3
import dns.message
import dns.query
import dns.resolver
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError
from botocore.httpsession import URLLib3Session
from botocore.retries.quota import RetryQuota

from localcloud.cloud import Cloud
from localcloud.dns import DnsServer
from localcloud.gateway.clients import send
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Request, Response
from localcloud.gateway.principals import Principal
from localcloud.lambda_ import Lambda
from localcloud.lambda_.pool import Pool
from localcloud.periodic import Periodic
from localcloud.stepfunctions.engine import Engine
from localcloud.virtual_time.patches import latencies as rng
from localcloud.virtual_time.primitives import scheduler
from localcloud.virtual_time.process import Environ, Stdout, default_session, scope
from localcloud.virtual_time.sandbox import InProcessSandbox

CONNECT_SECONDS = 3.0  # after which who gets no answer gives up
INIT_SECONDS = (0.2, 1.5)
_instant: dict[int, bool] = {}  # threads whose calls take no time


def run_in_process(cloud: Cloud) -> None:
    """From now on run functions in this process, and draw the time that a call takes."""
    os.environ = Environ(os.environ)  # type: ignore[assignment]  # noqa: B003 - another mapping is meant
    sys.stdout = Stdout(sys.stdout)
    Periodic.least_seconds, Periodic.around = 60.0, partial(_inside_call, True)
    executor: Any = cloud.get(Lambda).executor
    quota = cloud.settings.quotas.concurrency
    executor.new_pool = partial(Pool, quota, at_once=quota)  # sandboxes cost nothing here
    executor.new_sandbox = lambda spec: InProcessSandbox(spec, rng.uniform(*INIT_SECONDS))
    handle = cloud.gateway.handle

    def delayed(request: Request, principal: Principal | None = None) -> Response:
        if _instant.get(_thread.get_ident()):
            return handle(request, principal)
        _take_a_moment()
        with _inside_call(True):
            response = handle(request, principal)
        _take_a_moment()
        return response

    engine = cloud.get(Engine)
    perform = engine.perform

    def perform_outside(*arguments: Any) -> Any:
        with _inside_call(False):  # of StartSyncExecution
            return perform(*arguments)

    engine.perform = perform_outside
    cloud.gateway.handle = delayed  # type: ignore[method-assign]  # whoever calls it
    _connect_botocore(cloud)
    _connect_dns(cloud.get(DnsServer))


@contextmanager
def _inside_call(is_inside: bool) -> Iterator[None]:
    """Calls that the cloud itself makes to answer one take no time of their own."""
    thread = _thread.get_ident()
    outer = _instant.get(thread, False)
    _instant[thread] = is_inside
    try:
        yield
    finally:
        _instant[thread] = outer


def _take_a_moment() -> None:
    """Mostly milliseconds, at times seconds, so that what happens at once overtakes one another."""
    if not scheduler.is_paced:
        is_quick = rng.random() < 0.95
        scheduler.sleep(rng.uniform(0.002, 0.03) if is_quick else rng.uniform(0.1, 3.0))


def _connect_botocore(cloud: Cloud) -> None:
    def send_without_sockets(_: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        task = scheduler.current()
        if task is None:
            return _answer(cloud, request)
        own, task.scope = task.scope, None  # what the cloud does is no work of the function
        try:
            with _inside_call(False):
                response = _answer(cloud, request)
        finally:
            task.scope = own
        scheduler.check_deadline()
        return response

    URLLib3Session.send = send_without_sockets  # type: ignore[method-assign, assignment]  # of every client in the process
    boto3._get_default_session = default_session
    # On AWS each sandbox has a quota of its own; here those of a function share a client.
    RetryQuota.acquire = lambda _self, capacity_amount: True  # type: ignore[method-assign, assignment]  # noqa: ARG005 - its name


def _answer(cloud: Cloud, request: AWSPreparedRequest) -> AWSResponse:
    try:
        return send(cloud.gateway, request)
    except ConnectionCut as cut:
        scheduler.sleep(rng.choice((0.0, CONNECT_SECONDS)))
        raise ConnectionClosedError(endpoint_url=request.url, error=cut) from cut


def _connect_dns(server: DnsServer) -> None:
    def resolver() -> dns.resolver.Resolver:
        current = scope()
        if current is None or current.dns is None:
            raise dns.resolver.NoResolverConfiguration
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [current.dns[0]], current.dns[1]
        return resolver

    def query(request: Any, _where: str, port: int = 53, **_: Any) -> dns.message.Message:
        _take_a_moment()
        wire = server.reply(port, request.to_wire())
        assert wire is not None  # noqa: S101 - what dnspython has made is DNS
        return dns.message.from_wire(wire)

    lookup: Callable[..., dns.message.Message] = query
    dns.query.udp = dns.query.tcp = lookup
    dns.resolver.get_default_resolver = resolver
