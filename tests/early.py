"""Loaded before Django's settings (`-p tests.early`), and by the processes that tests start.

Every test run has its own var/ and so its own database; and its clock always starts on the same day of the month in
which the cast works, so that no test depends on the day it is run: a case filed that month is not overdue next year.
"""

import datetime as dt
import gc
import os
import tempfile
import time
from zoneinfo import ZoneInfo

import time_machine

os.environ.setdefault("MANYI_VAR", tempfile.mkdtemp(prefix="manyi-test-"))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # live-server tests in a browser

TODAY = dt.datetime(2026, 11, 29, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
#: when the first process of this run began: all its processes share one clock, which ticks
BEGUN = float(os.environ.setdefault("MANYI_TEST_BEGUN", str(time.time())))

# tests make much that lives long: looking for garbage less often saves their time
gc.set_threshold(50_000, 20, 100)
time_machine.travel(TODAY + dt.timedelta(seconds=time.time() - BEGUN)).start()
