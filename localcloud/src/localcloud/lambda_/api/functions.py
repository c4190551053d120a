"""Functions."""

import uuid
from dataclasses import replace
from typing import Any

from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.lambda_ import configuration, limits
from localcloud.lambda_.api.base import ApiBase, no_content, timestamp
from localcloud.lambda_.arns import LATEST, function_arn, parse_function
from localcloud.lambda_.errors import conflict, invalid_parameter
from localcloud.lambda_.model import Function, Version
from localcloud.lambda_.packages import fetch
from localcloud.settings import ACCOUNT_ID


class FunctionsApi(ApiBase):
    def create_function(self, call: Call, **params: Any) -> dict[str, Any]:
        name = parse_function(params["FunctionName"], call.region).name
        configuration.check_name(name)
        functions = self._registry.functions[call.region]
        if name in functions:
            raise conflict(f"Function already exist: {name}")
        settings = self._applied(configuration.default_configuration(name), params, call)
        arn = function_arn(call.region, name)
        self._roles.require_trust(settings["Role"], arn)
        package = self._packages.unpack(fetch(params["Code"], call, self._clients))
        configuration.check_unzipped(settings, package.unzipped_bytes, self._registry)
        settings |= {
            "FunctionName": name,
            "FunctionArn": arn,
            "Version": LATEST,
            "CodeSha256": package.sha256,
            "CodeSize": package.size,
            "State": "Active",
            "LastUpdateStatus": "Successful",
        }
        version = Version(settings, package.folder, call.region)
        version = _revised(self._in_vpc(version, params, call))
        function = Function(
            name,
            call.region,
            version,
            tags=dict(params.get("Tags") or {}),
            last_invoked=self._clock.now(),
        )
        with self._registry.lock:
            if functions.setdefault(name, function) is not function:
                raise conflict(f"Function already exist: {name}")
        self._interfaces.attach(version)
        return dict(function.latest.configuration)

    def get_function(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find(call, params)
        result: dict[str, Any] = {
            "Configuration": self._view(function, params),
            # On AWS a presigned address of the zip file. Nothing answers at this one.
            "Code": {
                "RepositoryType": "S3",
                "Location": f"https://awslambda-{call.region}-tasks.s3.{call.region}.amazonaws.com/"
                f"snapshots/{ACCOUNT_ID}/{function.latest.folder.name}",
            },
        }
        if function.tags:
            result["Tags"] = function.tags
        if function.reserved is not None:
            result["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved}
        return result

    def get_function_configuration(self, call: Call, **params: Any) -> dict[str, Any]:
        return self._view(self._find(call, params), params)

    def _view(self, function: Function, params: dict[str, Any]) -> dict[str, Any]:
        arn = f"{function.arn}:{LATEST}" if params.get("Qualifier") else function.arn
        state = self._lambda.executor.idleness.state(function)
        return {**function.latest.configuration, "FunctionArn": arn, **state}

    def list_functions(self, call: Call, **_: Any) -> dict[str, Any]:
        functions = sorted(self._registry.functions[call.region].items())
        return {"Functions": [dict(function.latest.configuration) for _, function in functions]}

    def update_function_code(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find(call, params)
        package = self._packages.unpack(fetch(params, call, self._clients))
        settings = dict(function.latest.configuration)
        configuration.check_unzipped(settings, package.unzipped_bytes, self._registry)
        settings |= {"CodeSha256": package.sha256, "CodeSize": package.size}
        if params.get("Architectures"):
            settings["Architectures"] = params["Architectures"]
        version = replace(function.latest, configuration=settings, folder=package.folder)
        self._replace(function, _revised(version))
        return dict(function.latest.configuration)

    def update_function_configuration(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find(call, params)
        latest = function.latest
        settings = self._applied(dict(latest.configuration), params, call)
        if "Role" in params:
            self._roles.require_trust(settings["Role"], function.arn)
        version = self._in_vpc(replace(latest, configuration=settings), params, call)
        self._replace(function, _revised(version))
        return dict(function.latest.configuration)

    def _applied(self, base: dict[str, Any], params: dict[str, Any], call: Call) -> dict[str, Any]:
        memory_mb = self._quotas.function_memory_mb
        return configuration.apply(base, params, call.region, self._registry, memory_mb)

    def delete_function(self, call: Call, **params: Any) -> Response:
        function = self._find(call, params)
        if params.get("Qualifier"):
            message = "$LATEST version cannot be deleted without deleting the function."
            raise invalid_parameter(message)
        with self._registry.lock:
            self._registry.functions[call.region].pop(function.name, None)
        self._lambda.executor.retire(function.latest)
        self._interfaces.release(function.latest)
        return no_content()

    def get_account_settings(self, call: Call) -> dict[str, Any]:
        functions = self._registry.functions[call.region].values()
        concurrency = self._quotas.concurrency
        code_size = sum(function.latest.configuration["CodeSize"] for function in functions)
        return {
            "AccountLimit": {
                "TotalCodeSize": limits.CODE_STORAGE_BYTES,
                "CodeSizeUnzipped": limits.UNZIPPED_BYTES,
                "CodeSizeZipped": limits.DIRECT_UPLOAD_BYTES,
                "ConcurrentExecutions": concurrency,
                "UnreservedConcurrentExecutions": concurrency
                - self._registry.reserved(call.region),
            },
            "AccountUsage": {"TotalCodeSize": code_size, "FunctionCount": len(functions)},
        }

    def _in_vpc(self, version: Version, params: dict[str, Any], call: Call) -> Version:
        if params.get("VpcConfig") is None:
            return version
        settings = {k: v for k, v in version.configuration.items() if k != "VpcConfig"}
        config = configuration.resolve_vpc(params["VpcConfig"], call.region, self._clients)
        if not config:
            return replace(version, configuration=settings, vpc_id=None, subnet_ids=())
        self._roles.may_attach_to_vpc(version.role, call.region, config)
        return replace(
            version,
            configuration=settings | {"VpcConfig": config},
            vpc_id=config["VpcId"],
            subnet_ids=tuple(config["SubnetIds"]),
        )

    def _replace(self, function: Function, version: Version) -> None:
        with self._registry.lock:
            previous, function.latest = function.latest, version
            function.last_invoked = self._clock.now()
        self._lambda.executor.retire(previous)
        self._interfaces.attach(version)


def _revised(version: Version) -> Version:
    revision = {"LastModified": timestamp(), "RevisionId": str(uuid.uuid4())}
    return replace(version, configuration={**version.configuration, **revision})
