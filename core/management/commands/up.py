"""Everything from one command: web, worker, scheduler; what dies starts again."""

import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.processes import Child, Tree
from core.registries import demo_logins

COLOURS = {"web": 36, "worker": 35, "beat": 33}


class Command(BaseCommand):
    help = "Start web server, worker and scheduler together; Ctrl-C stops all."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--host", default=os.environ.get("HOST_ADDRESS", "127.0.0.1"))

    def handle(self, *args, **options):
        self.host, self.port = options["host"], options["port"]
        self.refuse_taken_port()
        self.is_announced, self.next_look = False, 0.0
        os.environ["WORKER_EXPECTED"] = "1"
        os.environ.setdefault("PUBLIC_URL", f"http://localhost:{self.port}")
        tree = Tree(self.children(), say=self.say, each_turn=self.announce_when_ready)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, tree.stop)
        tree.run()
        self.stdout.write("stopped")

    def refuse_taken_port(self):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as problem:
                raise CommandError(
                    f"port {self.port} cannot be used ({problem.strerror}); set PORT"
                ) from None

    def children(self):
        python = [sys.executable, "-m"]
        celery = [*python, "celery", "--quiet", "--app", "config.celery:app"]
        web = ["granian", "--interface", "wsgi", "--host", self.host, "--port", str(self.port), "--no-ws"]
        web += ["--blocking-threads", "4", "--log-level", "warning", "config.wsgi:application"]
        worker = ["worker", "--pool", "threads", "--concurrency", "4", "--loglevel", "WARNING"]
        worker += ["--without-gossip", "--without-mingle"]
        beat = [
            "beat",
            "--loglevel",
            "WARNING",
            "--pidfile",
            "",
            "--schedule",
            str(settings.VAR_DIR / "beat"),
        ]
        return [
            Child("web", [*python, *web]),
            Child("worker", [*celery, *worker]),
            Child("beat", [*celery, *beat]),
        ]

    def say(self, name, line):
        prefix = f"{name:6} |"
        if sys.stdout.isatty():
            prefix = f"\033[{COLOURS[name]}m{prefix}\033[0m"
        self.stdout.write(f"{prefix} {line}")
        self.stdout.flush()

    def announce_when_ready(self):
        if self.is_announced or time.monotonic() < self.next_look:
            return
        self.next_look = time.monotonic() + 0.4
        address = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104  compared, not bound
        try:
            with urllib.request.urlopen(f"http://{address}:{self.port}/healthz", timeout=1) as answer:
                self.is_announced = answer.status == 200
        except (urllib.error.URLError, OSError):
            return
        self.announce(address)

    def announce(self, address):
        shown = "localhost" if address == "127.0.0.1" else address
        lines = ["", f"  Manyi 满意   http://{shown}:{self.port}/"]
        for password, logins in (entry() for entry in demo_logins) if settings.DEMO else ():
            lines += ["", f"  password of all demo logins: {password}"]
            lines += [f"    {login:12} {who}" for login, who in logins]
        self.stdout.write("\n".join([*lines, "", "  Ctrl-C stops everything.", ""]))
        self.stdout.flush()
