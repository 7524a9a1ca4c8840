"""A real HTTP server in a thread that stands in for a vendor or a gateway."""

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Server:
    """`answers` are given one after the other, the last for ever: (status, JSON or text, headers)."""

    origin: str = ""
    answers: list = field(default_factory=lambda: [(200, {"errcode": 0, "errmsg": "ok"}, {})])
    got: list = field(default_factory=list)  # (path, headers, bytes)

    def say(self, *answers):
        self.answers = [(*answer, {})[:3] for answer in answers]

    @property
    def payloads(self):
        return [json.loads(content) for _path, _headers, content in self.got]

    @property
    def texts(self):
        return [
            payload.get("text", {}).get("content") or payload["content"]["text"] for payload in self.payloads
        ]


def handler_for(server):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            content = self.rfile.read(int(self.headers["Content-Length"]))
            server.got.append((self.path, dict(self.headers), content))
            status, told, headers = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
            body = told.encode() if isinstance(told, str) else json.dumps(told).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    return Handler


@contextmanager
def serving():
    server = Server()
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(server))
    server.origin = f"http://127.0.0.1:{httpd.server_address[1]}"
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()
