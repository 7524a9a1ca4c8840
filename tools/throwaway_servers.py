"""PostgreSQL and Redis for one test run: on free ports of this machine, in folders that go with them."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECONDS = 60
# Nothing here has to survive a crash, and many threads of the race tests connect at once.
POSTGRES_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",  # tables of tests live for one transaction
    "jit": "off",  # it compiles longer than such queries run
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
}


def postgres_programs():
    """The folder with initdb and pg_ctl, the newest one found, or None (Debian keeps them off the PATH)."""
    on_path = shutil.which("initdb")
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    found = Path(on_path) if on_path else versions[-1] if versions else None
    return found and found.parent


def redis_program():
    return shutil.which("redis-server") or shutil.which("valkey-server")


@contextmanager
def postgres():
    """Start a cluster; gives its address for DATABASE_URL."""
    programs, user = postgres_programs(), unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="manyi-postgres-"))
    data, port, password = folder / "data", free_port(), secrets.token_hex(16)

    def run(program, *args, check=True):
        command = [programs / program, *args]
        return subprocess.run(
            command, cwd=folder, user=user, check=check, stdout=subprocess.DEVNULL, start_new_session=True
        )

    try:
        secret = folder / "password"
        secret.write_text(password)
        for path in (folder, secret):
            shutil.chown(path, user)
        run("initdb", "-D", data, "-U", "manyi", "-A", "scram-sha-256", f"--pwfile={secret}", "-N",
            "--encoding=UTF8", "--locale=C.UTF-8")  # fmt: skip
        options = {**POSTGRES_OPTIONS, "port": port, "unix_socket_directories": folder}
        settings = " ".join(f"-c {name}={value}" for name, value in options.items())
        run("pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", settings, "start")
        yield f"postgres://manyi:{password}@127.0.0.1:{port}/postgres"
    finally:
        if (data / "postmaster.pid").exists():
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis():
    """Start a server that keeps nothing; gives its address for REDIS_URL."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="manyi-redis-") as folder:
        command = [redis_program(), "--bind", "127.0.0.1", "--port", str(port), "--dir", folder]
        server = subprocess.Popen(
            [*command, "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL, start_new_session=True
        )
        try:
            wait_until_it_answers(server, port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(PATIENCE_SECONDS)


def unprivileged_user():
    """Whom PostgreSQL runs as: it refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_answers(server, port):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                if connection.recv(16).startswith(b"+PONG"):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"{server.args[0]} did not start")
