"""What a function finds around it in its sandbox: paths, variables, credentials, a resolver.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from localcloud.cloud import Cloud
from localcloud.cloudwatch.logs import LogStream
from localcloud.gateway.principals import Principal, role_session
from localcloud.lambda_.model import Registry, Version
from localcloud.lambda_.names import LATEST, function_arn
from localcloud.lambda_.packages import Packages
from localcloud.lambda_.sandbox import SandboxSpec

CREDENTIAL_SECONDS = 12 * 3600


@dataclass(frozen=True)
class Surroundings:
    """A sandbox's specification and where its output goes. ``access_key`` is to be revoked at its
    end.
    """

    spec: SandboxSpec
    stream: LogStream
    access_key: str


class Environments:
    """Makes the surroundings of sandboxes."""

    def __init__(self, cloud: Cloud, registry: Registry, packages: Packages, runtime: Path) -> None:
        self._cloud = cloud
        self._registry = registry
        self._packages = packages
        self._runtime = runtime

    def make(self, version: Version) -> Surroundings:
        sandbox_id = uuid.uuid4().hex
        home = self._cloud.settings.state_dir / "lambda" / "sandboxes" / sandbox_id
        layers = [self._registry.layer_version(arn) for arn in version.layer_arns]
        opt = self._packages.merge(layer.folder for layer in layers if layer) if layers else None
        stream = _stream(version, sandbox_id)
        keys = self._cloud.principals.issue(
            self.principal(version), self._cloud.clock.now() + CREDENTIAL_SECONDS
        )
        variables = {
            **_runtime_variables(version, stream, opt, self._runtime, home),
            **self._cloud.environment,
            "AWS_ACCESS_KEY_ID": keys.access_key,
            "AWS_SECRET_ACCESS_KEY": keys.secret_key,
            "AWS_SESSION_TOKEN": keys.token or "",
            **version.variables,
        }
        spec = SandboxSpec(
            handler=version.configuration["Handler"],
            path=_search_path(version, opt, self._runtime),
            environment=variables,
            memory_mb=version.memory_mb,
            home=home,
            dns=self._resolver(version.vpc_id),
        )
        return Surroundings(spec, stream, keys.access_key)

    def principal(self, version: Version) -> Principal:
        """The role session that the function's calls are made as."""
        arn = function_arn(version.region, self._registry.account, version.name)
        return role_session(
            version.role, version.name, function_arn=arn, subnet_ids=version.subnet_ids
        )

    def _resolver(self, vpc_id: str | None) -> tuple[str, int] | None:
        """Where the VPC's DNS answers, if the cloud has a DNS server."""
        if vpc_id is None:
            return None
        from localcloud.dns import DnsServer  # late: a cloud without DNS must not need it

        try:
            server = self._cloud.get(DnsServer)
        except KeyError:
            return None
        return server.address_for(vpc_id)


def _search_path(version: Version, opt: Path | None, runtime: Path) -> tuple[str, ...]:
    """LAMBDA_TASK_ROOT, /opt/python/lib/…/site-packages, /opt/python, then what the runtime brings:
    the order of /var/runtime/bootstrap.py.
    """
    python = version.configuration["Runtime"]
    layered = [opt / "python" / "lib" / python / "site-packages", opt / "python"] if opt else []
    return tuple(map(str, [version.folder, *layered, runtime]))


def _stream(version: Version, sandbox_id: str) -> LogStream:
    group = version.logging["LogGroup"]
    # In a log group that functions may share, the stream's name begins with the function's
    # (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html).
    own = group == f"/aws/lambda/{version.name}"
    day = datetime.now(UTC).strftime("%Y/%m/%d")
    name = f"{day}/{'' if own else version.name}[{version.number}]{sandbox_id}"
    return LogStream(version.region, group, name, role_session(version.role, version.name))


def _runtime_variables(
    version: Version, stream: LogStream, opt: Path | None, runtime: Path, home: Path
) -> dict[str, str]:
    logging = version.logging
    variables = {
        "_HANDLER": version.configuration["Handler"],
        "AWS_DEFAULT_REGION": version.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{version.configuration['Runtime']}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(version.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": version.name,
        "AWS_LAMBDA_FUNCTION_VERSION": version.number or LATEST,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": stream.group,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream.name,
        "AWS_REGION": version.region,
        "LAMBDA_RUNTIME_DIR": str(runtime),
        "LAMBDA_TASK_ROOT": str(version.folder),
        "LANG": "en_US.UTF-8",
        "LD_LIBRARY_PATH": f"{opt}/lib" if opt else "",
        "PATH": f"/usr/local/bin:/usr/bin:/bin:{opt}/bin"
        if opt
        else "/usr/local/bin:/usr/bin:/bin",
        "TZ": ":UTC",
        # Not on Lambda: there /tmp and the home directory are the sandbox's own anyway.
        "HOME": str(home),
        "TMPDIR": str(home),
    }
    if logging["LogFormat"] == "JSON":
        variables["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
        variables["AWS_LAMBDA_LOG_LEVEL"] = logging["ApplicationLogLevel"]
    return variables


def expired(started_at: float) -> bool:
    """True for a sandbox (``time.monotonic()`` of its start) whose credentials run out soon."""
    return time.monotonic() - started_at > CREDENTIAL_SECONDS - 3600
