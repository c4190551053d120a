"""Functions."""

import uuid
from dataclasses import replace
from typing import Any

from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.lambda_ import configuration, limits
from localcloud.lambda_.api.base import check_revision, no_content, timestamp
from localcloud.lambda_.api.versions import VersionsApi, view
from localcloud.lambda_.arns import LATEST, function_arn, parse_function
from localcloud.lambda_.errors import conflict
from localcloud.lambda_.model import Function, Version
from localcloud.lambda_.packages import fetch


class FunctionsApi(VersionsApi):
    def create_function(self, call: Call, **params: Any) -> dict[str, Any]:
        name = parse_function(params["FunctionName"], call.region).name
        configuration.check_name(name)
        functions = self._registry.functions[call.region]
        if name in functions:
            raise conflict(f"Function already exist: {name}")
        settings = configuration.apply(
            configuration.default_configuration(name), params, call.region, self._registry
        )
        account = self._registry.account
        arn = function_arn(call.region, account, name)
        self._roles.require_trust(settings["Role"], arn)
        self._check_dead_letters(settings)
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
            name, call.region, account, version, tags=dict(params.get("Tags") or {})
        )
        with self._registry.lock:
            if functions.setdefault(name, function) is not function:
                raise conflict(f"Function already exist: {name}")
        return self._published_or_latest(function, params)

    def get_function(self, call: Call, **params: Any) -> dict[str, Any]:
        function, ref = self._find(call, params)
        version = function.version(ref.qualifier)
        result: dict[str, Any] = {
            "Configuration": view(function, version, ref.qualifier),
            # On AWS a presigned address of the zip file. Nothing answers at this one.
            "Code": {
                "RepositoryType": "S3",
                "Location": f"https://awslambda-{call.region}-tasks.s3.{call.region}.amazonaws.com/"
                f"snapshots/{self._registry.account}/{version.folder.name}",
            },
        }
        if function.tags:
            result["Tags"] = function.tags
        if function.reserved is not None:
            result["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved}
        return result

    def get_function_configuration(self, call: Call, **params: Any) -> dict[str, Any]:
        function, ref = self._find(call, params)
        return view(function, function.version(ref.qualifier), ref.qualifier)

    def list_functions(self, call: Call, **params: Any) -> dict[str, Any]:
        versions: list[Version] = []
        for _, function in sorted(self._registry.functions[call.region].items()):
            versions.append(function.latest)
            if params.get("FunctionVersion") == "ALL":
                versions += function.published.values()
        return {"Functions": [dict(version.configuration) for version in versions]}

    def update_function_code(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find_unqualified(call, params)
        check_revision(params.get("RevisionId"), function.latest.configuration["RevisionId"])
        package = self._packages.unpack(fetch(params, call, self._clients))
        settings = dict(function.latest.configuration)
        configuration.check_unzipped(settings, package.unzipped_bytes, self._registry)
        settings |= {"CodeSha256": package.sha256, "CodeSize": package.size}
        if params.get("Architectures"):
            settings["Architectures"] = params["Architectures"]
        version = replace(function.latest, configuration=settings, folder=package.folder)
        if params.get("DryRun"):
            return settings
        self._replace(function, _revised(version))
        return self._published_or_latest(function, params)

    def update_function_configuration(self, call: Call, **params: Any) -> dict[str, Any]:
        function = self._find_unqualified(call, params)
        latest = function.latest
        check_revision(params.get("RevisionId"), latest.configuration["RevisionId"])
        settings = configuration.apply(
            dict(latest.configuration), params, call.region, self._registry
        )
        if "Role" in params:
            self._roles.require_trust(settings["Role"], function.arn())
        self._check_dead_letters(settings)
        version = self._in_vpc(replace(latest, configuration=settings), params, call)
        self._replace(function, _revised(version))
        return dict(function.latest.configuration)

    def delete_function(self, call: Call, **params: Any) -> Response:
        function, ref = self._find(call, params)
        with self._registry.lock:
            if ref.qualifier:
                self._delete_version(function, ref.qualifier)
                return no_content()
            self._registry.functions[call.region].pop(function.name, None)
        for version in (function.latest, *function.published.values()):
            self._lambda.executor.retire(version)
        return no_content()

    def get_account_settings(self, call: Call) -> dict[str, Any]:
        functions = self._registry.functions[call.region].values()
        reserved = sum(function.reserved or 0 for function in functions)
        code_size = sum(function.latest.configuration["CodeSize"] for function in functions)
        return {
            "AccountLimit": {
                "TotalCodeSize": limits.CODE_STORAGE_BYTES,
                "CodeSizeUnzipped": limits.UNZIPPED_BYTES,
                "CodeSizeZipped": limits.DIRECT_UPLOAD_BYTES,
                "ConcurrentExecutions": limits.ACCOUNT_CONCURRENCY,
                "UnreservedConcurrentExecutions": limits.ACCOUNT_CONCURRENCY - reserved,
            },
            "AccountUsage": {"TotalCodeSize": code_size, "FunctionCount": len(functions)},
        }

    def _check_dead_letters(self, settings: dict[str, Any]) -> None:
        if target := settings.get("DeadLetterConfig", {}).get("TargetArn"):
            self._roles.may_send_to(settings["Role"], target)

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
        self._lambda.executor.retire(previous)

    def _published_or_latest(self, function: Function, params: dict[str, Any]) -> dict[str, Any]:
        version = self._publish(function) if params.get("Publish") else function.latest
        return dict(version.configuration)


def _revised(version: Version) -> Version:
    revision = {"LastModified": timestamp(), "RevisionId": str(uuid.uuid4())}
    return replace(version, configuration={**version.configuration, **revision})
