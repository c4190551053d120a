"""Checks of the form of a signature and of its scope, before its key is looked up.

https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html; order and words
are those of https://github.com/architect/dynalite and, for S3, https://github.com/versity/versitygw,
which were compared with AWS.
"""

import re
from collections.abc import Iterator, Mapping

from localcloud.gateway.authorization import ASYMMETRIC, Authorization, malformed_authorization
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call, expected_scope
from localcloud.gateway.vouched import VOUCHED, WITHOUT_MODEL
from localcloud.iam.refusals import incomplete_signature, wrong_signature

_ALGORITHMS = ("AWS4-HMAC-SHA256", ASYMMETRIC)
_TERMINATOR = "aws4_request"
_PARTS = {"Credential": "credential", "Signature": "signature", "SignedHeaders": "signed_headers"}


def check_signature_form(call: Call) -> None:
    """Raise AWS's error for what cannot be a signature of this call."""
    if call.service not in VOUCHED and call.service != WITHOUT_MODEL:
        return
    header = call.request.header("Authorization")
    if call.service == "s3":
        _check_scheme(header, call.request.query)
    authorization = Authorization.of(call.request)
    if authorization is None:
        return
    if header and "X-Amz-Algorithm" in call.request.query:
        raise _signed_twice(call)
    if call.service == "s3":
        _check_for_s3(call, authorization)
    else:
        _check(call, authorization)


def _check(call: Call, authorization: Authorization) -> None:
    if missing := _missing_parts(call, authorization):
        raise incomplete_signature(call, missing)
    if "host" not in authorization.signed_headers.lower().split(";"):
        raise wrong_signature(call, "'Host' must be a 'SignedHeader' in the AWS Authorization.")
    if authorization.algorithm not in _ALGORITHMS:
        words = f"Unsupported AWS 'algorithm': '{authorization.algorithm}'"
        raise incomplete_signature(call, f"{words} (only AWS4-HMAC-SHA256 for now). ")
    credential = _split(authorization)
    if credential is None:
        words = (
            "Credential must have exactly 5 slash-delimited elements, e.g. "
            f"keyid/date/region/service/term, got '{authorization.credential}'"
        )
        raise incomplete_signature(call, words)
    if problems := list(_problems_of_scope(call, credential, authorization.time)):
        raise wrong_signature(call, " ".join(problems))


def _missing_parts(call: Call, authorization: Authorization) -> str:
    missing = [name for name, field in _PARTS.items() if not getattr(authorization, field)]
    if authorization.presigned:
        missing += [] if authorization.time else ["Date"]
        words = [f"AWS query-string parameters must include 'X-Amz-{name}'." for name in missing]
        return " ".join([*words, "Re-examine the query-string parameters."] if words else [])
    words = [f"Authorization header requires '{name}' parameter." for name in missing]
    if not authorization.time:
        words.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    header = call.request.header("Authorization")
    return " ".join([*words, f"Authorization={header}"] if words else [])


def _problems_of_scope(call: Call, credential: list[str], time: str) -> Iterator[str]:
    date, region, service, terminator = credential[1:]
    expected_region, expected_service = expected_scope(call.request)
    if region not in ("*", expected_region):
        yield f"Credential should be scoped to a valid region, not '{region}'."
    if service != expected_service:
        yield f"Credential should be scoped to correct service: '{expected_service}'."
    if terminator != _TERMINATOR:
        yield (
            f"Credential should be scoped with a valid terminator: '{_TERMINATOR}', not "
            f"'{terminator}'."
        )
    if date != time[:8]:
        yield (
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            f"HTTP: '{date}' != '{time[:8]}', from '{time}'."
        )


def _check_for_s3(call: Call, authorization: Authorization) -> None:
    def malformed(problem: str) -> ApiError:
        return malformed_authorization(authorization.presigned, problem)

    is_complete = all(getattr(authorization, field) for field in _PARTS.values())
    if not is_complete and not authorization.presigned:  # a URL is checked with its expiry
        words = "the authorization header requires three components: Credential, SignedHeaders, and"
        raise malformed(f"{words} Signature.")
    credential = _split(authorization)
    if authorization.credential and credential is None:
        expected = "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request"
        raise malformed(f'the Credential is mal-formed; expecting "{expected}".')
    if credential is None:
        return
    key, date, region, service, terminator = credential
    if not key:
        raise malformed("a non-empty Access Key (AKID) must be provided in the credential.")
    if not re.fullmatch(r"[0-9]{8}", date):
        words = 'This date in the credential must be in the format "yyyyMMdd".'
        raise malformed(f'incorrect date format "{date}". {words}')
    if terminator != _TERMINATOR:
        raise malformed(f'incorrect terminal "{terminator}". This endpoint uses "{_TERMINATOR}".')
    if service != "s3":
        raise malformed(f'incorrect service "{service}". This endpoint belongs to "s3".')
    expected_region, _ = expected_scope(call.request)
    if expected_region and region not in ("*", expected_region) and not call.request.via:
        raise malformed(f"the region '{region}' is wrong; expecting '{expected_region}'")
    if authorization.time and date != authorization.time[:8]:
        words = f'Invalid credential date "{date}". This date is not the same as X-Amz-Date: '
        words += f'"{authorization.time[:8]}".'
        if authorization.presigned:
            raise ApiError("AuthorizationQueryParametersError", words, 400)
        raise malformed(words)


def _split(authorization: Authorization) -> list[str] | None:
    """Key, date, Region, service and terminator; the Region of SigV4A is ``*``."""
    parts = authorization.credential.split("/")
    if authorization.algorithm == ASYMMETRIC:
        parts.insert(2, "*")
    return parts if len(parts) == 5 else None


def _check_scheme(header: str, query: Mapping[str, object]) -> None:
    """Version 2, by which the AWS CLI 1 signs links in us-east-1, opens no bucket made since 2020.

    https://docs.aws.amazon.com/AmazonS3/latest/API/UsingAWSSDK.html#UsingAWSSDK-sig2-deprecation
    """
    if header.startswith("AWS ") or "AWSAccessKeyId" in query:
        words = "The authorization mechanism you have provided is not supported."
        raise ApiError("InvalidRequest", f"{words} Please use AWS4-HMAC-SHA256.", 400)
    if header and not header.startswith(_ALGORITHMS):
        raise ApiError("InvalidArgument", "Unsupported Authorization Type", 400)


def _signed_twice(call: Call) -> ApiError:
    if call.service == "s3":
        words = (
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature "
            "query string parameter or the Authorization header should be specified"
        )
        return ApiError("InvalidArgument", words, 400)
    words = (
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
    )
    return wrong_signature(call, words)
