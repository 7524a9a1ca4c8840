"""A close whose worker is killed at random moments: it completes, and nothing is doubled (fact 9)."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from core.period import Period
from jobs.models import Run
from scoring.models import Cell, Close
from scoring.services import request_close
from scoring.services.checksums import violations
from scoring.tests import world
from scoring.tests.test_races import results
from tests import factories

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60
OCTOBER = Period.parse("2026-10")

pytestmark = [
    pytest.mark.long,
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
]


def worker(run):
    """A real process that executes the run against the test's database."""
    name = str(connection.settings_dict["NAME"])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    return subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "worker_process.py"), name, str(run.pk)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until_claimed(run, process):
    """Until the worker has claimed the run: from here on it is at work."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if Run.objects.filter(pk=run.pk, state=Run.State.RUNNING, lease_until__gt=timezone.now()).exists():
            return
        time.sleep(0.01)


def finished(process):
    """Seconds until the process has ended well."""
    begun = time.monotonic()
    _output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors
    return time.monotonic() - begun


def let_the_lease_lapse(run):
    """What time would do: the dead worker's lease runs out."""
    Run.objects.filter(pk=run.pk, state=Run.State.RUNNING).update(lease_until=timezone.now())


def made_month(code):
    company = factories.make_company(code)
    _campaign, team = world.make_month(company, size=8, total=30, best=28)
    return company, team, request_close(company=company, period=OCTOBER, by=None, at=timezone.now())


@pytest.mark.parametrize("seed", [1])
def test_a_close_killed_at_random_moments_completes_and_nothing_is_doubled(seed):
    control, control_team, control_run = made_month("control")
    company, team, run = made_month("qinghe")

    undisturbed = worker(control_run)
    wait_until_claimed(control_run, undisturbed)
    needed = finished(undisturbed)

    moments, killed = random.Random(seed), 0
    for _attempt in range(3):
        process = worker(run)
        wait_until_claimed(run, process)
        time.sleep(moments.uniform(0, needed * 0.8))
        killed += process.poll() is None
        process.kill()
        process.communicate(timeout=PATIENCE)
        let_the_lease_lapse(run)
    finished(worker(run))

    run.refresh_from_db()
    assert killed > 0
    assert run.state == Run.State.DONE, run.error
    assert results(company, team) == results(control, control_team)
    states = set(Close.objects.filter(period="2026-10").values_list("state", flat=True))
    assert len(states) == 1
    assert Cell.objects.filter(company=company).count() == Cell.objects.filter(company=control).count()
    assert list(violations()) == []
