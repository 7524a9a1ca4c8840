"""The process tree of `manage.py up`: what dies starts again, what is stopped stops."""

import os
import signal
import sys
import time

from core.processes import Child, Tree

IDLE = [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(60)"]


class Watch:
    """Runs a tree for some seconds; `deeds` are (after so many seconds, callable)."""

    def __init__(self, *children):
        self.said = []
        self.tree = Tree(children, say=lambda name, line: self.said.append((name, line)), each_turn=self.turn)
        self.deeds = []

    def run(self, seconds, *deeds):
        start = time.monotonic()
        self.deeds = [(start + after, deed) for after, deed in (*deeds, (seconds, self.tree.stop))]
        self.tree.run()

    def turn(self):
        while self.deeds and time.monotonic() >= self.deeds[0][0]:
            self.deeds.pop(0)[1]()


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_killed_child_starts_again():
    child, pids = Child("worker", IDLE), []

    def kill():
        pids.append(child.process.pid)
        os.kill(child.process.pid, signal.SIGKILL)

    watch = Watch(child)
    watch.run(4, (1, kill), (3.5, lambda: pids.append(child.process.pid)))
    assert pids[0] != pids[1]
    assert watch.said.count(("worker", "here")) == 2
    assert any("starts again" in line for name, line in watch.said)


def test_stopping_leaves_nobody_behind():
    children = [Child("one", IDLE), Child("two", IDLE)]
    pids = []
    Watch(*children).run(1.5, (1, lambda: pids.extend(child.process.pid for child in children)))
    assert len(pids) == 2
    assert not any(is_running(pid) for pid in pids)


def test_who_dies_at_once_again_and_again_waits_longer_each_time():
    child = Child("web", [sys.executable, "-c", "raise SystemExit(3)"])
    Watch(child).run(4)
    assert child.wait > 1


def test_output_comes_in_whole_lines():
    program = """import sys, time
for part in ("ab", "c\\nd"):
    sys.stdout.write(part)
    sys.stdout.flush()
    time.sleep(0.4)
time.sleep(9)"""
    watch = Watch(Child("web", [sys.executable, "-c", program]))
    watch.run(2.5)
    assert watch.said == [("web", "abc")]
