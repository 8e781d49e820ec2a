"""Files that prove something, made as they are needed: honest ones, and what the worker makes of them."""

import hashlib
import io
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from sqlalchemy.orm import Session

from marketplace.experts.models import Credential, EvidenceFile, EvidenceState
from marketplace.gateways import Gateways
from marketplace.gateways.storage.protocol import Stored
from marketplace.kit import ids
from marketplace.kit.application import Application
from marketplace.outbox.service import Handlers, run_all


def make_pdf(pages: int = 1, **info: str) -> bytes:
    """A PDF of empty pages; `info` is what it says of its author and tools."""
    writer, into = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    writer.add_metadata({f"/{name}": value for name, value in info.items()})
    writer.write(into)
    return into.getvalue()


def make_picture(kind: str = "PNG", size: tuple[int, int] = (240, 180), **options: Any) -> bytes:
    """A picture of one colour."""
    into = io.BytesIO()
    Image.new("RGB", size, (200, 180, 40)).save(into, kind, **options)
    return into.getvalue()


def make_stored(content_type: str = "application/pdf", byte_count: int = 2048, key: str = "") -> Stored:
    """What storage says of a file that only the database needs."""
    key = key or ids.new_id().hex
    return Stored(
        key=key,
        byte_count=byte_count,
        sha256=hashlib.sha256(key.encode()).hexdigest(),
        content_type=content_type,
    )


def make_file(
    session: Session,
    credential: Credential,
    *,
    state: EvidenceState = EvidenceState.CLEAN,
    **columns: Any,
) -> EvidenceFile:
    """A file of a credential in this state; its bytes are nowhere unless `storage_key` says so."""
    key = ids.new_id().hex
    values = {
        "storage_key": None if state is EvidenceState.REFUSED else key,
        "name": "diploma.pdf",
        "media_type": "application/pdf",
        "byte_count": 2048,
        "sha256": hashlib.sha256(key.encode()).hexdigest(),
        **columns,
    }
    file = EvidenceFile(credential=credential, **values)
    file.state = state
    session.add(file)
    session.flush()
    return file


def read_files(app: Application) -> None:
    """Let the worker read what waits."""
    handlers: Handlers = app.extensions["assay"][Handlers]
    run_all(app.sessions, handlers)


def keep(app: Application, data: bytes, content_type: str) -> str:
    """Put bytes into storage; their key."""
    gateways: Gateways = app.extensions["assay"][Gateways]
    return gateways.storage.put(io.BytesIO(data), content_type=content_type).key
