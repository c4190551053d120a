"""AWS's words for a refusal: one meaning, but every service has its own code, status and phrase."""

from __future__ import annotations

from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call

# code and status; what does not stand here answers AccessDeniedException with the protocol's status
_CODES = {
    "s3": ("AccessDenied", 403),
    "s3control": ("AccessDenied", 403),
    "sns": ("AuthorizationError", 403),
    "sqs": ("AccessDenied", 403),
    "ec2": ("UnauthorizedOperation", 403),
    "cloudwatch": ("AccessDenied", 403),
    "ses": ("AccessDenied", 403),
    "iam": ("AccessDenied", 403),
    "sts": ("AccessDenied", 403),
    "cloudformation": ("AccessDenied", 403),
    "route53": ("AccessDenied", 403),
}
_KMS_CODES = {"sns": "KMSAccessDenied", "sqs": "KMS.AccessDeniedException"}
_REST = {"lambda", "sesv2", "execute-api", "fis", "xray", "route53-recovery-control-config"}


def refusal(call: Call, action: str, resource: str, why: str) -> ApiError:
    """The answer to ``call``, for lack of ``action`` on ``resource``."""
    code, status = _CODES.get(call.service, ("AccessDeniedException", 400))
    if call.service in _REST:
        status = 403
    if action.startswith("kms:") and call.service in _KMS_CODES:
        code, status = _KMS_CODES[call.service], 400
    who = call.principal.arn
    if call.service in ("ses", "sesv2"):
        text = f"User `{who}' is not authorized to perform `{action}' on resource `{resource}'"
        return ApiError(code, text, status)
    if call.service == "sns":
        action, why = action.replace("sns:", "SNS:"), why.replace("sns:", "SNS:")
    if call.service == "sqs" and action.startswith("sqs:"):
        action, why = action.lower(), why.replace(action, action.lower())
    if call.service == "s3":
        resource = f'"{resource}"'
    if call.service == "execute-api":
        account = resource.split(":")[4]
        resource = resource.replace(account, "*" * 8 + account[-4:], 1)
    text = f"User: {who} is not authorized to perform: {action} on resource: {resource} {why}"
    if call.service == "ec2":
        text = f"You are not authorized to perform this operation. {text}"
    return ApiError(code, text.rstrip(), status)


def expired_token(call: Call) -> ApiError:
    if call.service == "s3":
        return ApiError("ExpiredToken", "The provided token has expired.", 400)
    text = "The security token included in the request is expired"
    if call.protocol in ("query", "ec2"):
        return ApiError("ExpiredToken", text, 403)
    return ApiError("ExpiredTokenException", text, 403 if call.service in _REST else 400)


def invalid_token(call: Call) -> ApiError:
    if call.service == "s3":
        text = "The provided token is malformed or otherwise invalid."
        return ApiError("InvalidToken", text, 400)
    text = "The security token included in the request is invalid."
    if call.protocol in ("query", "ec2"):
        return ApiError("InvalidClientTokenId", text, 403)
    return ApiError("UnrecognizedClientException", text, 403 if call.service in _REST else 400)


def wrong_signature(call: Call) -> ApiError:
    text = (
        "The request signature we calculated does not match the signature you provided. "
        "Check your key and signing method."
    )
    if call.service == "s3" or call.protocol in ("query", "ec2"):
        return ApiError("SignatureDoesNotMatch", text, 403)
    return ApiError("InvalidSignatureException", text, 403 if call.service in _REST else 400)
