"""A small HTTP client for tests of the ClickHouse interface: raw enough to see statuses, headers and cut answers."""

import dataclasses
import http.client
import json
import socket
import urllib.parse


@dataclasses.dataclass
class Reply:
    status: int
    headers: dict  # names in lower case; of several with one name, the last
    body: bytes
    progress: list = dataclasses.field(default_factory=list)  # of the X-ClickHouse-Progress headers, in order

    @property
    def text(self):
        return self.body.decode(errors="replace")

    @property
    def code(self):
        """ClickHouse's exception code, or None."""
        value = self.headers.get("x-clickhouse-exception-code")
        return int(value) if value is not None else None


class Http:
    """Requests to one address, each over a connection of its own."""

    def __init__(self, address):
        self.address = address
        host, _, port = address.rpartition(":")
        self.host, self.port = host, int(port)

    def request(self, method, path="/", body=None, headers=None, chunked=False, seconds=60, **params):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=seconds)
        try:
            if params:
                path += "?" + urllib.parse.urlencode(params)
            connection.request(method, path, body=body, headers=headers or {}, encode_chunked=chunked)
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            try:
                content = response.read()
            except http.client.IncompleteRead as cut:
                content = cut.partial
                names["cut"] = "yes"
            progress = [json.loads(value) for value in response.msg.get_all("X-ClickHouse-Progress", [])]
            return Reply(response.status, names, content, progress)
        finally:
            connection.close()

    def get(self, sql=None, headers=None, **params):
        if sql is not None:
            params["query"] = sql
        return self.request("GET", headers=headers, **params)

    def post(self, sql, headers=None, **params):
        """A query in the body."""
        return self.request("POST", body=sql, headers=headers, **params)

    def insert(self, sql, data, headers=None, **params):
        """The statement in the URL, its data in the body."""
        return self.request("POST", body=data, headers=headers, query=sql, **params)

    def value(self, sql, **params):
        reply = self.post(sql, **params)
        assert reply.status == 200, reply.text
        return reply.text.rstrip("\n")

    def begin(self, sql, **params):
        """Sends a query and returns the socket, with nothing of the answer read."""
        raw = socket.create_connection((self.host, self.port), timeout=60)
        path = "/?" + urllib.parse.urlencode(params)
        head = f"POST {path} HTTP/1.1\r\nHost: {self.address}\r\nContent-Length: {len(sql)}\r\n\r\n"
        raw.sendall(head.encode() + sql.encode())
        return raw
