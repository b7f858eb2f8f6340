"""Load with a ledger: every log record carries a number, and the numbers of answered requests are kept.

What was answered must be in ClickHouse, whatever was killed meanwhile. What was not answered may be there or not.
"""

import itertools
import threading
import time

import grpc
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse

METHOD = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
RETRYABLE = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.CANCELLED,
             grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.ABORTED)


def request(service, numbers, padding=""):
    message = ExportLogsServiceRequest()
    group = message.resource_logs.add()
    attribute(group.resource.attributes, "service.name", service)
    records = group.scope_logs.add().log_records
    for number in numbers:
        record = records.add(time_unix_nano=time.time_ns(), severity_number=9, severity_text="INFO")
        record.body.string_value = f"entry {number} {padding}"
        attribute(record.attributes, "number", str(number))
    return message.SerializeToString()


def attribute(attributes, key, value):
    pair = attributes.add(key=key)
    pair.value.string_value = value


def export(address, body, seconds=30):
    """One unary Export over a connection of its own; raises grpc.RpcError, returns the reply."""
    with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        call = channel.unary_unary(METHOD, request_serializer=bytes, response_deserializer=ExportLogsServiceResponse.FromString)
        return call(body, timeout=seconds)


class Load:
    """Senders that each have one request open. `address` is asked for again after an error, so that a restarted
    process on another port is found. Errors other than "retry later" end the sender and fail `finish()`."""

    def __init__(self, address, service="ledger", senders=8, records=20):
        self.service = service
        self.acked = set()
        self.refused = 0
        self._address = address
        self._records = records
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._wrong = []
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(senders)]
        for thread in self._threads:
            thread.start()

    def _send(self):
        while not self._stop.is_set():
            try:
                self._send_over_one_connection()
            except grpc.RpcError as error:
                if error.code() not in RETRYABLE:
                    with self._lock:
                        self._wrong.append(f"{error.code().name}: {error.details()}")
                    return
                with self._lock:
                    self.refused += 1
                time.sleep(0.05)

    def _send_over_one_connection(self):
        with grpc.insecure_channel(self._address(), options=[("grpc.enable_http_proxy", 0)]) as channel:
            call = channel.unary_unary(METHOD, request_serializer=bytes, response_deserializer=bytes)
            while not self._stop.is_set():
                with self._lock:
                    numbers = list(itertools.islice(self._numbers, self._records))
                call(request(self.service, numbers), timeout=30)
                with self._lock:
                    self.acked.update(numbers)

    def wait_acked(self, more, seconds=60):
        """Until `more` further records have been answered."""
        goal, end = len(self.acked) + more, time.monotonic() + seconds
        while len(self.acked) < goal:
            assert not self._wrong, self._wrong
            assert time.monotonic() < end, f"{len(self.acked)} of {goal} records answered after {seconds} s"
            time.sleep(0.02)

    def finish(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive(), "a sender got no answer"
        assert not self._wrong, self._wrong

    def check_stored(self, query):
        """query(sql) -> text. Every answered number must be there; doubles are allowed, strangers are not."""
        text = query(f"SELECT DISTINCT LogAttributes['number'] FROM otel_logs WHERE ServiceName = '{self.service}'")
        stored = {int(line) for line in text.split()}
        lost = self.acked - stored
        assert not lost, f"{len(lost)} of {len(self.acked)} answered records are lost, for example {sorted(lost)[:5]}"
        sent = next(self._numbers)
        assert all(number < sent for number in stored)
