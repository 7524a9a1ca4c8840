"""Loaded before Django's settings (`-p tests.early`), and by the processes that tests start.

Every test run has its own var/ and so its own database; and it is always noon of the day on which the cast works,
so that no test depends on the day it is run: what was filed `at` that day is not overdue a month later.
"""

import datetime as dt
import os
import tempfile
import time
from zoneinfo import ZoneInfo

import time_machine

os.environ.setdefault("MANYI_VAR", tempfile.mkdtemp(prefix="manyi-test-"))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # live-server tests in a browser

NOON = dt.datetime(2026, 11, 4, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
#: when the first process of this run began: all its processes share one clock, which ticks
BEGUN = float(os.environ.setdefault("MANYI_TEST_BEGUN", str(time.time())))

time_machine.travel(NOON + dt.timedelta(seconds=time.time() - BEGUN)).start()
