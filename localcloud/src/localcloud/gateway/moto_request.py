"""A request as moto reads it: werkzeug's, from a WSGI environment.

moto's own way, werkzeug's test client, takes longer than all else that the gateway does.
"""

import gzip
import io
from urllib.parse import unquote_to_bytes

from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)
from moto.core.request import Request as MotoRequest
from werkzeug.datastructures import ImmutableMultiDict

from localcloud.gateway.http import Request


def moto_request(request: Request, *, inflate: bool, has_form: bool) -> MotoRequest:
    """``inflate``: unzip the body. boto3 zips large calls; S3 stores what was zipped.

    ``has_form``: if the content type is that of a form, the body has parameters. Only services of
    the query protocols read forms; to S3 it is an object as any other.
    """
    parts, body = request.parts, request.body
    if inflate and request.header("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
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
    environ["HTTP_HOST"] = parts.netloc
    environ["CONTENT_LENGTH"] = str(len(body))
    environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = preserved
    moto = MotoRequest(environ)
    if not has_form:
        # Of werkzeug: what is there already is not parsed, and the body stays unread.
        vars(moto).update(form=ImmutableMultiDict(), files=ImmutableMultiDict())
    return moto
