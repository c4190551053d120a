"""What a function finds in its sandbox: paths, variables, credentials, a resolver.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
"""

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from localcloud.cloud import Cloud
from localcloud.cloudwatch.logs import LogStream
from localcloud.dns import DnsServer
from localcloud.gateway.principals import role_session
from localcloud.lambda_ import log_levels
from localcloud.lambda_.arns import LATEST, function_arn
from localcloud.lambda_.model import Registry, Version
from localcloud.lambda_.packages import Packages
from localcloud.lambda_.sandbox import SandboxSpec

CREDENTIAL_SECONDS = 12 * 3600


@dataclass(frozen=True)
class Environment:
    """A sandbox's specification and log stream.

    Its credentials outlive it: what it has signed, such as a link, is good until they expire.
    """

    spec: SandboxSpec
    stream: LogStream


class EnvironmentFactory:
    def __init__(self, cloud: Cloud, registry: Registry, packages: Packages, runtime: Path) -> None:
        self._cloud = cloud
        self._registry = registry
        self._packages = packages
        self._runtime = runtime

    def create(self, version: Version) -> Environment:
        sandbox_id = uuid.uuid4().hex
        home = self._cloud.settings.state_dir / "lambda" / "sandboxes" / sandbox_id
        layers = self._registry.layer_versions(version.configuration)
        opt = self._packages.merge(layer.folder for layer in layers) if layers else None
        stream = _stream(version, sandbox_id)
        principal = role_session(
            version.role,
            version.name,
            function_arn=function_arn(version.region, version.name),
            subnet_ids=version.subnet_ids,
        )
        expires_at = self._cloud.clock.now() + CREDENTIAL_SECONDS
        keys = self._cloud.principals.issue(principal, expires_at)
        variables = {
            **_runtime_variables(version, stream, opt, self._runtime, home),
            **self._cloud.environment,
            "AWS_ACCESS_KEY_ID": keys.access_key,
            "AWS_SECRET_ACCESS_KEY": keys.secret_key,
            "AWS_SESSION_TOKEN": keys.token or "",
            **version.configuration.get("Environment", {}).get("Variables", {}),
        }
        spec = SandboxSpec(
            handler=version.configuration["Handler"],
            path=_search_path(version, opt, self._runtime),
            environment=variables,
            memory_mb=version.memory_mb,
            home=home,
            dns=self._resolver(version.vpc_id),
        )
        return Environment(spec, stream)

    def _resolver(self, vpc_id: str | None) -> tuple[str, int] | None:
        """Return the address of the VPC's DNS, if the cloud has a DNS server."""
        server = self._cloud.find(DnsServer) if vpc_id else None
        return server.address_for(vpc_id) if server and vpc_id else None


def _search_path(version: Version, opt: Path | None, runtime: Path) -> tuple[str, ...]:
    """LAMBDA_TASK_ROOT, the layers, the runtime's packages: the order of /var/runtime/bootstrap.py.

    Of the layers, /opt/python/lib/…/site-packages comes before /opt/python.
    """
    python = version.configuration["Runtime"]
    layers = [opt / "python" / "lib" / python / "site-packages", opt / "python"] if opt else []
    return tuple(map(str, [version.folder, *layers, runtime]))


def _stream(version: Version, sandbox_id: str) -> LogStream:
    group = version.logging["LogGroup"]
    # In a log group that functions may share, the stream's name begins with the function's
    # (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html).
    prefix = "" if group == f"/aws/lambda/{version.name}" else version.name
    name = f"{datetime.now(UTC):%Y/%m/%d}/{prefix}[{version.number}]{sandbox_id}"
    return LogStream(version.region, group, name, role_session(version.role, version.name))


def _runtime_variables(
    version: Version, stream: LogStream, opt: Path | None, runtime: Path, home: Path
) -> dict[str, str]:
    return {
        "_HANDLER": version.configuration["Handler"],
        "AWS_DEFAULT_REGION": version.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{version.configuration['Runtime']}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(version.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": version.name,
        "AWS_LAMBDA_FUNCTION_VERSION": version.number or LATEST,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        **log_levels.environment(version.logging),
        "AWS_LAMBDA_LOG_GROUP_NAME": stream.group,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream.name,
        "AWS_REGION": version.region,
        "LAMBDA_RUNTIME_DIR": str(runtime),
        "LAMBDA_TASK_ROOT": str(version.folder),
        "LANG": "en_US.UTF-8",
        "LD_LIBRARY_PATH": f"{opt}/lib" if opt else "",
        "PATH": "/usr/local/bin:/usr/bin:/bin" + (f":{opt}/bin" if opt else ""),
        "TZ": ":UTC",
        # Not on Lambda: there /tmp and the home directory are the sandbox's own anyway.
        "HOME": str(home),
        "TMPDIR": str(home),
    }


def has_expired(started_at: float) -> bool:
    """Whether the credentials of a sandbox expire soon (``time.monotonic()`` of its start)."""
    return time.monotonic() - started_at > CREDENTIAL_SECONDS - 3600
