"""A request as moto reads it: werkzeug's, from a WSGI environment.

moto's own way, werkzeug's test client, takes longer than all else that the gateway does.
"""

import gzip
import io
import zlib
from urllib.parse import unquote_to_bytes

from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)
from moto.core.request import Request as MotoRequest
from werkzeug.datastructures import ImmutableMultiDict

from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Request
from localcloud.gateway.protocols import CONTENT_TYPES, FORM


def moto_request(request: Request, service: str, protocol: str) -> MotoRequest:
    """Only services of the query protocols read forms; to S3 a form is an object as any other.

    boto3 zips large calls, which are unzipped; S3 stores what was zipped. Raises ApiError.
    """
    parts, body = request.parts, request.body
    is_object = service == "s3"
    if not is_object and request.header("Content-Encoding") == "gzip":
        body = _inflated(body)
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
        "QUERY_STRING": parts.query,
        "RAW_URI": (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
    }
    preserved = {}
    for name, value in request.headers.items():
        if name.lower() == "transfer-encoding":
            continue  # the body is whole by now
        key = environ_key_for_header(name)
        environ[key] = value.decode() if isinstance(value, bytes) else str(value)
        if should_preserve_original_header_name(name):
            preserved[key] = name
    if not is_object:
        environ["CONTENT_TYPE"] = CONTENT_TYPES[protocol]
        environ.pop("HTTP_CONTENT_ENCODING", None)
    environ["HTTP_HOST"] = parts.netloc
    environ["CONTENT_LENGTH"] = str(len(body))
    environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = preserved
    moto = MotoRequest(environ)
    if CONTENT_TYPES[protocol] != FORM:
        # Of werkzeug: what is there already is not parsed, and the body stays unread.
        vars(moto).update(form=ImmutableMultiDict(), files=ImmutableMultiDict())
    return moto


def _inflated(body: bytes) -> bytes:
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error) as error:
        raise ApiError("SerializationException", "The body is not gzip.", 400) from error
