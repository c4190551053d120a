"""AWS's refusals: each service has its own code, status and wording."""

from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.iam.permissions.model import Permission

# The code of services that do not answer AccessDeniedException.
_CODES = {
    **dict.fromkeys(
        ("cloudformation", "cloudwatch", "iam", "route53", "s3", "s3control", "sqs", "sts"),
        "AccessDenied",
    ),
    "ec2": "UnauthorizedOperation",
    "sns": "AuthorizationError",
}
_KMS_CODES = {"sns": "KMSAccessDenied", "sqs": "KMS.AccessDeniedException"}
# Services that answer 403 with AccessDeniedException; others answer 400.
_FORBIDDEN = {"execute-api", "fis", "lambda", "route53-recovery-control-config", "sesv2"}


def refuse(call: Call, permission: Permission, reason: str) -> None:
    """Refuse the call, or only the part of it that needs the permission."""
    error = refusal(call, permission.action, permission.resource, reason)
    if permission.part is None:
        raise error
    call.refused_parts.setdefault(permission.part, error)


def refusal(call: Call, action: str, resource: str, reason: str) -> ApiError:
    """The error of ``call`` for lack of ``action`` on ``resource``."""
    code = _CODES.get(call.service, "AccessDeniedException")
    status = 403 if call.service in _CODES else _status(call)
    if action.startswith("kms:") and call.service in _KMS_CODES:
        code, status = _KMS_CODES[call.service], 400
    user = call.principal.arn
    if call.service == "s3" and call.principal.is_anonymous:
        return ApiError(code, "Access Denied", status)  # strangers are told no details
    if call.service == "sesv2":
        text = f"User `{user}' is not authorized to perform `{action}' on resource `{resource}'"
        return ApiError(code, text, status)
    if call.service == "sns":
        action, reason = action.replace("sns:", "SNS:"), reason.replace("sns:", "SNS:")
    if call.service == "sqs" and action.startswith("sqs:"):
        action, reason = action.lower(), reason.replace(action, action.lower())
    if call.service == "s3":
        resource = f'"{resource}"'
    text = f"User: {user} is not authorized to perform: {action} on resource: {resource} {reason}"
    if call.service == "ec2":
        text = f"You are not authorized to perform this operation. {text}"
    return ApiError(code, text.rstrip(), status)


def _status(call: Call) -> int:
    return 403 if call.service in _FORBIDDEN else 400


def expired_token(call: Call) -> ApiError:
    if call.service == "s3":
        return ApiError("ExpiredToken", "The provided token has expired.", 400)
    words = "The security token included in the request is expired"
    return _of_protocol(call, "ExpiredToken", "ExpiredTokenException", words)


def invalid_token(call: Call) -> ApiError:
    if call.service == "s3":
        words = "The provided token is malformed or otherwise invalid."
        return ApiError("InvalidToken", words, 400)
    words = "The security token included in the request is invalid."
    return _of_protocol(call, "InvalidClientTokenId", "UnrecognizedClientException", words)


def wrong_signature(call: Call, words: str = "") -> ApiError:
    words = words or (
        "The request signature we calculated does not match the signature you provided. "
        "Check your key and signing method."
    )
    return _of_protocol(call, "SignatureDoesNotMatch", "InvalidSignatureException", words)


def incomplete_signature(call: Call, words: str) -> ApiError:
    return _of_protocol(call, "IncompleteSignature", "IncompleteSignatureException", words, 400)


def _of_protocol(
    call: Call, xml_code: str, json_code: str, words: str, xml_status: int = 403
) -> ApiError:
    if "json" not in call.protocol:
        return ApiError(xml_code, words, xml_status)
    return ApiError(json_code, words, _status(call))
