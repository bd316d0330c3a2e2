"""A workload as small as can be: it says its version and where it runs, and ends when its standard input does."""

import json
import os
import re
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while length := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(length))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def answer(self):
        body = self.body().decode()
        if self.path.startswith("/sleep/"):
            time.sleep(float(self.path.rsplit("/", 1)[1]))
        if self.path == "/close":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        told = {
            # A tag that ends in -build-7 is more than the version that it tells.
            "version": re.sub(r"-build-\d+$", "", os.environ["CODEDETECT_VERSION"]),
            "instance": os.environ["CODEDETECT_INSTANCE"],
            "path": self.path,
            "body": body,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "environment": {name: os.environ[name] for name in ("DATABASE_URL", "SECRET_KEY") if name in os.environ},
        }
        # A version that ends in -schema-1-3 says in its health check that it works with schemas 1 to 3.
        stated = re.search(r"-schema-(\d+)-(\d+)$", told["version"])
        if self.path == "/api/health" and stated:
            told["schema"] = {"min": int(stated[1]), "max": int(stated[2])}
        answer = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


server = Server(("127.0.0.1", int(os.environ["PORT"])), Handler)
print(f"version {os.environ['CODEDETECT_VERSION']} listens", flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
