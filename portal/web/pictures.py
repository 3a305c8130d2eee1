"""Pictures of products and of the shop as answers: never shown as a page, cached by the hash in their address."""

from flask import request, send_file

from portal import files
from portal.errors import NotFound
from portal.files import File

SANDBOX = "default-src 'none'; sandbox"


def answer(record, name=None):
    """The picture of a product or of the shop, small with `?size=small`; NotFound when it has none."""
    file = File.get_or_none(File.sha256 == record.picture) if record.picture else None
    if file is None:
        raise NotFound()
    small = request.args.get("size") == "small"
    response = send_file(files.open_bytes(file, thumbnail=small), mimetype="image/webp" if small else file.type)
    response.headers["Content-Disposition"] = files.disposition(name or record.code, file.type)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response
