"""The same appeal touched twice at the same moment moves once; filing and the end of the window never both win."""

import pytest

from appeals import services
from appeals.models import Appeal, Consequence
from appeals.tests.build import ACCEPTED, DECIDED, FILED, closed_months
from incentives import services as incentives
from incentives.models import Decision, LedgerLine
from tests.racing import at_once, kinds
from tests.replay import replayed

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stage(transactional_db):
    return replayed("appeals.stage", closed_months)


def one():
    return Appeal.objects.get()


def test_filed_twice_at_once_it_is_filed_once(stage):
    stage.issued(stage.worst)
    stage.draft(stage.worst)
    user = stage.worst.user
    outcomes = at_once([lambda: services.file(one(), by=user, at=FILED)] * 3)
    assert kinds(outcomes) == {"Refused": 2, "done": 1}
    assert one().number == "SS-2611-0001"


def test_drafted_twice_at_once_there_is_one_draft(stage):
    decision = stage.issued(stage.worst)
    user = stage.worst.user
    outcomes = at_once([lambda: services.draft("decision", decision.pk, by=user, at=FILED)] * 3)
    assert set(kinds(outcomes)) <= {"Refused", "done"}
    assert Appeal.objects.count() == 1


def test_filing_and_the_end_of_the_window_at_once_never_both_win(stage):
    """Whoever comes first: suspended and nothing posted, or posted and the appeal is still a draft."""
    decision = stage.issued(stage.worst)
    stage.draft(stage.worst)
    user, end = stage.worst.user, decision.appeal_until
    at_once(
        [
            lambda: services.file(one(), by=user, at=FILED),
            lambda: incentives.finalize_due(end),
        ]
    )
    found = (one().state, Decision.objects.get().state, LedgerLine.objects.count())
    assert found in {("filed", "suspended", 0), ("draft", "posted", 1)}


def test_decided_twice_at_once_it_is_corrected_once(stage):
    stage.issued(stage.worst)
    stage.concluded(stage.worst)
    outcomes = at_once([lambda: services.decide(one(), by=stage.reviewer, at=DECIDED)] * 3)
    assert kinds(outcomes) == {"Refused": 2, "done": 1}
    assert Consequence.objects.filter(kind="reversed").count() == 1


def test_withdrawn_and_accepted_at_once_one_of_them_wins(stage):
    stage.issued(stage.worst)
    stage.filed(stage.worst)
    at_once(
        [
            lambda: services.withdraw(one(), by=stage.worst.user, at=ACCEPTED),
            lambda: services.accept(one(), by=stage.officer, at=ACCEPTED),
        ]
    )
    is_withdrawn = one().state == "withdrawn"
    assert (Decision.objects.get().state == "issued") == is_withdrawn
