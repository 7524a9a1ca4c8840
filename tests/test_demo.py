"""The demo is made through the verbs; every fact must hold afterwards, and loading it again must add nothing."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from incentives.models import Case, Decision
from surveys.models import Answer


@pytest.fixture
def demo(db, settings, tmp_path):
    settings.ANCHOR_DIR = tmp_path
    call_command("load_demo", months=3, stdout=io.StringIO())
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE"
        )  # as autovacuum would: an open transaction's rows are unknown to the planner


@pytest.mark.long
@pytest.mark.timeout(300)
def test_all_facts_hold_after_the_demo_and_a_second_load_adds_nothing(demo):
    facts = io.StringIO()
    call_command("verify", stdout=facts)
    assert "VIOLATED" not in facts.getvalue() and "7 audit chain" in facts.getvalue()
    before = (Answer.objects.count(), Case.objects.count(), Decision.objects.count())
    call_command("load_demo", months=3, stdout=io.StringIO())
    assert (Answer.objects.count(), Case.objects.count(), Decision.objects.count()) == before
    assert before[1] > 0

    Decision.objects.update(state=Decision.State.POSTED)
    with pytest.raises(CommandError):
        call_command("verify", stdout=facts)
    assert "VIOLATED" in facts.getvalue()
