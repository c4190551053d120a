"""Builds a whole local cloud: the gateway, every emulated service, the proxy."""

import importlib
import json
import os
from functools import partial

from localcloud import trust
from localcloud.cloud import Cloud, new_cloud
from localcloud.control import Command, Control
from localcloud.faults import Faults
from localcloud.faults.commands import execute
from localcloud.outer_proxy import outer_proxy
from localcloud.periodic import Periodic
from localcloud.proxy import ProxyServer
from localcloud.proxy.certificates import CertificateAuthority
from localcloud.proxy.tunnel import Upstream
from localcloud.regions import regions_with
from localcloud.ses.mailer import Identities
from localcloud.settings import Settings

# In this order: a check before what it checks, a service before those that look it up.
SERVICES = (
    "iam",
    "network",
    "put_rules",
    "arc",
    "dns",
    "ses",
    "dynamodb",
    "lambda_",
    "apigatewayv2",
    "s3",
    "stepfunctions",
    "events",
    "sns",
    "cloudwatch.alarms",
    "faults",
    "ssm",
    "fis",
    "cloudformation",
)

_LEDGER_SECONDS = 0.5


def assemble(settings: Settings) -> tuple[Cloud, ProxyServer]:
    """Install the services and start the proxy; ``cloud.environment`` points processes at it."""
    cloud = new_cloud(settings)
    authority = CertificateAuthority(settings.state_dir)
    proxy = ProxyServer(cloud.gateway, authority, Upstream.parse(outer_proxy(os.environ)))
    trust.write_bundle(settings.state_dir, authority.certificate_file, os.environ)
    cloud.environment = {
        "HTTPS_PROXY": proxy.address,
        "https_proxy": proxy.address,
        "NO_PROXY": "localhost,127.0.0.1",
        "no_proxy": "localhost,127.0.0.1",
        "AWS_CA_BUNDLE": str(authority.certificate_file),
        # On Lambda a function trusts AWS's hosts whatever it calls them with.
        **dict.fromkeys(trust.VARIABLES, str(trust.bundle_in(settings.state_dir))),
    }
    for name in SERVICES:
        importlib.import_module(f"localcloud.{name}").install(cloud)
    _verify_identities(cloud)
    cloud.on_close(Periodic("ledger", _LEDGER_SECONDS, cloud.ledger.flush).close)
    control = Control(settings.state_dir, partial(_execute, cloud))
    cloud.on_close(control.close)
    proxy.start()
    cloud.on_close(proxy.stop)
    return cloud, proxy


def _execute(cloud: Cloud, command: Command) -> list[str]:
    cloud.ledger.flush()  # the command line reads the file
    if command["command"] == "flush":
        return []
    if command["command"] == "cpu":
        return [f"{s:.3f} {part}" for part, s in cloud.gateway.cpu.totals().items()]
    if command["command"] == "usage":
        return [json.dumps(cloud.usage.report(), separators=(",", ":"))]
    return execute(cloud.get(Faults), command)


def _verify_identities(cloud: Cloud) -> None:
    for region in regions_with("sesv2"):
        for identity in cloud.settings.verified_identities:
            cloud.get(Identities).verify(identity, region)
