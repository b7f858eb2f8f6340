"""What was answered is there: after kill -9 of either process, after SIGTERM, on a full disk, behind a gateway."""

import os
import signal
import subprocess

import grpc
import pytest

import ledger
from sluice import wait_for

BEFORE, AFTER = 2000, 2000  # records that must be answered before and after the blow


def grpc_address(sluice):
    return sluice.addresses["otlp-grpc"]


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_kill_of_the_collector_loses_nothing_that_was_answered(start, tmp_path):
    data = tmp_path / "data"
    first = start("serve", "--data", data)
    current = [first]
    load = ledger.Load(lambda: grpc_address(current[0]))
    load.wait_acked(BEFORE)
    (server,) = first.children()
    first.kill()
    wait_for(lambda: not alive(server), "the server noticed that its collector is gone")
    current[0] = start("serve", "--data", data)
    load.wait_acked(AFTER)
    load.finish()
    load.check_stored(current[0].query)


def test_kill_of_the_server_loses_nothing_and_the_collector_starts_it_again(start):
    sluice = start("serve")
    load = ledger.Load(lambda: grpc_address(sluice))
    load.wait_acked(BEFORE)
    (server,) = sluice.children()
    os.kill(server, signal.SIGKILL)
    load.wait_acked(AFTER)
    load.finish()
    (restarted,) = sluice.children()
    assert restarted != server
    load.check_stored(sluice.query)


def test_repeated_kills_of_the_server(start):
    sluice = start("serve")
    load = ledger.Load(lambda: grpc_address(sluice))
    for _ in range(3):
        load.wait_acked(BEFORE // 2)
        for server in sluice.children():
            os.kill(server, signal.SIGKILL)
    load.wait_acked(AFTER)
    load.finish()
    load.check_stored(sluice.query)


@pytest.mark.parametrize("ack", ["store", "memory"])
def test_sigterm_under_load_stores_what_was_answered(start, tmp_path, ack):
    data = tmp_path / "data"
    sluice = start("serve", "--data", data, "--ack", ack)
    load = ledger.Load(lambda: grpc_address(sluice))
    load.wait_acked(BEFORE)
    assert sluice.metric("sluice_ack_memory") == (ack == "memory")
    assert ("answered before their data is stored" in sluice.log()) == (ack == "memory")
    assert sluice.stop() == 0, sluice.log()
    load.finish()
    load.check_stored(start("serve", "--data", data).query)


def test_sigint_ends_cleanly_and_the_data_directory_can_be_used_again(start, tmp_path):
    data = tmp_path / "data"
    sluice = start("serve", "--data", data)
    ledger.export(grpc_address(sluice), ledger.request("s", [1]))
    sluice.process.send_signal(signal.SIGINT)
    assert sluice.process.wait(30) == 0, sluice.log()
    assert start("serve", "--data", data).query("SELECT count() FROM otel_logs").strip() == "1"


def as_root(*argv):
    subprocess.run([*([] if os.geteuid() == 0 else ["sudo", "-n"]), *argv], check=True)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own, small enough to fill."""
    path = tmp_path / "disk"
    path.mkdir()
    as_root("mount", "-t", "tmpfs", "-o", f"size=256m,mode=0700,uid={os.geteuid()}", "tmpfs", str(path))
    yield path
    as_root("umount", "--lazy", str(path))


def fill(path):
    with open(path, "wb", buffering=0) as f:
        block = bytes(1 << 20)
        while True:
            try:
                if f.write(block) < len(block):
                    return
            except OSError:
                return


def test_full_disk_asks_senders_to_come_back_and_loses_nothing(start, small_disk):
    sluice = start("serve", "--data", small_disk / "data")
    address = grpc_address(sluice)
    ledger.export(address, ledger.request("ledger", [0]))
    filler = small_disk / "filler"
    fill(filler)
    body = ledger.request("ledger", range(1, 5000), padding=os.urandom(100).hex())
    with pytest.raises(grpc.RpcError) as refused:
        ledger.export(address, body, seconds=90)
    assert refused.value.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED), refused.value
    wait_for(lambda: any("space" in line.lower() or "disk" in line.lower() for line in sluice.lines),
             "a log line that speaks of the disk")
    filler.unlink()

    def taken():
        try:
            return ledger.export(address, body, seconds=60) is not None
        except grpc.RpcError as error:
            assert error.code() in ledger.RETRYABLE
            return False

    wait_for(taken, "the request is taken once there is room", seconds=120, pause=0.5)
    stored = int(sluice.query("SELECT uniqExact(LogAttributes['number']) FROM otel_logs WHERE ServiceName = 'ledger'"))
    assert stored == 5000


@pytest.mark.parametrize("ack", ["store", "memory"])
def test_gateway_outlives_its_clickhouse(start, tmp_path, ack):
    data = tmp_path / "remote"
    remote = start("server", "--data", data)
    address = remote.addresses["clickhouse-http"]
    gateway = start("gateway", "--clickhouse-endpoint", f"http://{address}", "--ack", ack)
    load = ledger.Load(lambda: grpc_address(gateway))
    load.wait_acked(BEFORE)
    remote.kill()
    remote = start("server", "--data", data, "--clickhouse-http", address)
    load.wait_acked(AFTER)
    load.finish()
    assert gateway.stop() == 0, gateway.log()  # in memory mode this stores what is still held
    load.check_stored(remote.query)
