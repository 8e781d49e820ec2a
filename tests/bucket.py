"""A small S3-compatible service on a loopback port: signatures, parts, and the ways in which one goes wrong."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/\d{8}/[^/]+/s3/aws4_request, "
    r"SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}"
)
NAME = "assay-files"
KEY_ID, SECRET = "key-of-a-test", "secret-of-a-test"


@dataclass
class Service:
    """What lies in the bucket, what was asked, and what goes wrong next."""

    endpoint: str = ""
    objects: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    unsigned: int = 0
    fault: str = ""  # "", "error", "denied", "hang", "cut", "damaged", "garbage"
    faults_left: int = 1000
    released: threading.Event = field(default_factory=threading.Event)

    def breaks(self, fault: str, times: int = 1000) -> None:
        """From now on, `times` requests go wrong in this way."""
        self.fault, self.faults_left = fault, times

    def next_fault(self) -> str:
        """The fault of this request."""
        if not self.fault or self.faults_left <= 0:
            return ""
        self.faults_left -= 1
        return self.fault


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    service: Service

    def log_message(self, *_: object) -> None: ...

    def _begin(self) -> tuple[str, dict[str, list[str]], str] | None:
        place = urlsplit(self.path)
        self.service.asked.append((self.command, self.path))
        signed = SIGNED.fullmatch(self.headers.get("Authorization", ""))
        if signed is None or signed["key"] != KEY_ID:
            self.service.unsigned += 1
            self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
            return None
        fault = self.service.next_fault()
        if fault == "hang":
            self.service.released.wait(20)
        if fault in {"error", "denied", "garbage"}:
            self._body()
            self._answer({"error": 500, "denied": 403, "garbage": 299}[fault], b"\0not xml")
            return None
        bucket, _, key = unquote(place.path).lstrip("/").partition("/")
        if bucket != NAME:
            self._answer(404, b"<Error><Code>NoSuchBucket</Code></Error>")
            return None
        return key, parse_qs(place.query, keep_blank_values=True), fault

    def _body(self) -> bytes:
        if self.headers.get("Content-Length"):
            return self.rfile.read(int(self.headers["Content-Length"]))
        return b""

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _kept_headers(self) -> dict[str, str]:
        return {
            name: value
            for name, value in self.headers.items()
            if name.lower() == "content-type" or name.lower().startswith("x-amz-meta-")
        }

    def do_PUT(self) -> None:
        if (known := self._begin()) is None:
            return
        key, query, _ = known
        body = self._body()
        if "uploadId" in query:
            self.service.parts[query["uploadId"][0]][int(query["partNumber"][0])] = body
        else:
            self.service.objects[key] = body, self._kept_headers()
        self._answer(200, ETag=f'"{len(body)}"')

    def do_POST(self) -> None:
        if (known := self._begin()) is None:
            return
        key, query, _ = known
        self._body()
        if "uploads" in query:
            name = f"upload-{len(self.service.parts)}"
            self.service.parts[name] = {}
            self.service.objects[f"?{name}"] = b"", self._kept_headers()
            xml = (
                f"<InitiateMultipartUploadResult><UploadId>{name}</UploadId></InitiateMultipartUploadResult>"
            )
        else:
            name = query["uploadId"][0]
            parts = self.service.parts.pop(name)
            _, headers = self.service.objects.pop(f"?{name}")
            self.service.objects[key] = b"".join(parts[number] for number in sorted(parts)), headers
            xml = f'<CompleteMultipartUploadResult><ETag>"{name}"</ETag></CompleteMultipartUploadResult>'
        self._answer(200, xml.encode())

    def do_GET(self) -> None:
        if (known := self._begin()) is None:
            return
        key, _, fault = known
        if key not in self.service.objects:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        body, headers = self.service.objects[key]
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Tue, 24 Nov 2026 09:00:00 GMT")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if fault == "cut":
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif self.command != "HEAD":
            self.wfile.write(b"!" + body[1:] if fault == "damaged" else body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        if (known := self._begin()) is None:
            return
        key, query, _ = known
        if "uploadId" in query:
            self.service.parts.pop(query["uploadId"][0], None)
        self.service.objects.pop(key, None)
        self._answer(204)


@contextmanager
def running() -> Iterator[Service]:
    """The service, answering on a port of its own until the end of the block."""
    service = Service()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"service": service}))
    server.daemon_threads = True
    service.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.released.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
