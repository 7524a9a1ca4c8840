"""A small process tree: start, watch, restart, stop. One thread; no shell."""

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time

SHORT_LIFE = 10  # seconds; who dies younger waits longer before the next start
FIRST_WAIT, LONGEST_WAIT = 0.3, 15
GRACE = 20  # seconds between asking a child to stop and killing it
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent():
    """In the child, before the program starts: when the parent is killed outright, stop as well."""
    if _libc is not None:
        _libc.prctl(1, signal.SIGTERM)


class Child:
    """A program and how it fares."""

    def __init__(self, name, command):
        self.name, self.command = name, command
        self.process, self.started, self.rest = None, 0.0, b""
        self.wait, self.due = FIRST_WAIT, 0.0

    def start(self):
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        os.set_blocking(self.process.stdout.fileno(), False)
        self.started = time.monotonic()

    def note_death(self):
        """Remember when to start again."""
        lived = time.monotonic() - self.started
        self.wait = FIRST_WAIT if lived > SHORT_LIFE else min(self.wait * 2, LONGEST_WAIT)
        self.due = time.monotonic() + self.wait
        self.process = None

    def lines(self):
        """Whole lines written since the last call."""
        data = self.process.stdout.read() or b""
        *whole, self.rest = (self.rest + data).split(b"\n")
        return [line.decode("utf-8", "replace") for line in whole]

    def signal(self, number):
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


class Tree:
    """Runs children until `stop()`; `say(name, line)` prints; `each_turn()` is called a few times a second."""

    def __init__(self, children, *, say, each_turn=lambda: None):
        self.children, self.say, self.each_turn = children, say, each_turn
        self.selector = selectors.DefaultSelector()
        self.stopping = False

    def stop(self, *signal_and_frame):
        self.stopping = True

    def run(self):
        for child in self.children:
            self._start(child)
        try:
            while not self.stopping:
                self._read(0.2)
                self._mend()
                self.each_turn()
        finally:
            self._end()

    def _start(self, child):
        child.start()
        self.selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _read(self, seconds):
        for key, _events in self.selector.select(seconds):
            for line in key.data.lines():
                self.say(key.data.name, line)

    def _mend(self):
        for child in self.children:
            if child.process is None:
                if time.monotonic() >= child.due:
                    self._start(child)
            elif child.process.poll() is not None:
                self._bury(child)

    def _bury(self, child):
        for line in child.lines():
            self.say(child.name, line)
        self.selector.unregister(child.process.stdout)
        child.process.stdout.close()
        code = child.process.returncode
        child.signal(signal.SIGKILL)
        child.note_death()
        self.say(child.name, f"ended with {code}; starts again in {child.wait:.1f} s")

    def _end(self):
        for child in self.children:
            child.signal(signal.SIGTERM)
        until = time.monotonic() + GRACE
        while self._alive() and time.monotonic() < until:
            self._read(0.1)
        for child in self._alive():
            child.signal(signal.SIGKILL)
            child.process.wait()

    def _alive(self):
        return [
            child for child in self.children if child.process is not None and child.process.poll() is None
        ]
