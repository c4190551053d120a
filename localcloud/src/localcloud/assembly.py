"""Builds a whole local cloud: the gateway, every emulated service, the proxy."""

import importlib
import os
import ssl
from functools import partial
from pathlib import Path

import boto3

from localcloud.cloud import Cloud, new_cloud
from localcloud.control import Command, Control
from localcloud.faults import Faults
from localcloud.faults.commands import execute
from localcloud.proxy import ProxyServer
from localcloud.proxy.certificates import CertificateAuthority
from localcloud.proxy.tunnel import Upstream
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
    "apigateway",
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


def assemble(settings: Settings) -> tuple[Cloud, ProxyServer]:
    """Install the services and start the proxy; ``cloud.environment`` points processes at it."""
    cloud = new_cloud(settings)
    authority = CertificateAuthority(settings.state_dir)
    upstream = Upstream.parse(os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy"))
    proxy = ProxyServer(cloud.gateway, authority, upstream)
    cloud.environment = {
        "HTTPS_PROXY": proxy.address,
        "https_proxy": proxy.address,
        "NO_PROXY": "localhost,127.0.0.1",
        "no_proxy": "localhost,127.0.0.1",
        "AWS_CA_BUNDLE": str(authority.certificate_file),
    }
    for name in SERVICES:
        importlib.import_module(f"localcloud.{name}").install(cloud)
    _verify_identities(cloud)
    control = Control(settings.state_dir, partial(_execute, cloud))
    cloud.on_close(control.close)
    proxy.start()
    cloud.on_close(proxy.stop)
    _write_bundle_with_public_authorities(settings.state_dir, authority.certificate_file)
    return cloud, proxy


def _execute(cloud: Cloud, command: Command) -> list[str]:
    if command["command"] == "cpu":
        return [f"{s:.3f} {part}" for part, s in cloud.gateway.cpu.totals().items()]
    return execute(cloud.get(Faults), command)


def _verify_identities(cloud: Cloud) -> None:
    for region in boto3.Session().get_available_regions("sesv2"):
        for identity in cloud.settings.verified_identities:
            cloud.get(Identities).verify(identity, region)


def _write_bundle_with_public_authorities(folder: Path, local: Path) -> None:
    """For curl and others that have one list of authorities for AWS and all other hosts."""
    bundle = os.environ.get("CURL_CA_BUNDLE") or ssl.get_default_verify_paths().cafile
    public = Path(bundle).read_bytes() if bundle and Path(bundle).is_file() else b""
    (folder / "ca-with-public.pem").write_bytes(public + b"\n" + local.read_bytes())
