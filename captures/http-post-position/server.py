"""A far end that takes whatever is posted or asked and answers 200: python3 server.py ADDRESS PORT."""

import socket
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Sink(BaseHTTPRequestHandler):
    """Reads the body, if any, and says that all is well."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        answer = b'{"status":"ok"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()


class Server(HTTPServer):
    """An HTTP server on an IPv4 or an IPv6 address."""

    address_family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET


Server((sys.argv[1], int(sys.argv[2])), Sink).serve_forever()
