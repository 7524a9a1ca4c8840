"""An appeal over HTTP, from the form to everything that rested on what it was about (RE-4.1b)."""

import pytest
import time_machine
from django.urls import reverse

from appeals import subjects
from appeals.models import Appeal
from appeals.tests.answered import AnsweredStage
from appeals.tests.build import ACCEPTED, DECIDED, FILED, PROPOSED, REASONS, TEXT
from core.registries import verifications
from incentives import services as incentives
from incentives.models import Decision, LedgerLine
from incentives.tests.build import MONTHS
from scoring.models import Adjudication, Score, Standing
from tests import factories
from tests.factories import at
from tests.replay import replayed

pytestmark = pytest.mark.django_db


def made():
    found = AnsweredStage(factories.make_company())
    found.close_months()
    return found


@pytest.fixture
def stage(db):
    return replayed("appeals.answered", made)


@pytest.fixture
def act(client):
    """POST as somebody at a moment; the answer must be a redirect unless another status is named."""

    def post(user, moment, name, *args, status=302, **data):
        with time_machine.travel(moment, tick=False):
            client.force_login(user)
            response = client.post(reverse(name, args=args), data)
        assert response.status_code == status, response.content.decode()[:3000]
        return response

    return post


def file_by(stage, act, decision, ids=()):
    named = [one.key for one in subjects.disputable(stage.worst, MONTHS) if one.answer.pk in ids]
    filled = {"grounds": ["data"], "text": TEXT, "wish": "overturn", "disputed": named, "file": "1"}
    act(stage.worst.user, FILED, "my_appeal_new", "decision", decision.pk, **filled)
    return Appeal.objects.get()


@pytest.mark.clause("RE-4.1b")
def test_a_won_appeal_changes_score_rank_and_every_decision_that_rested_on_them(stage, act, client):
    decision = stage.issued(stage.worst)
    ids = stage.dissatisfied(stage.worst, "2026-10", 20)
    appeal = file_by(stage, act, decision, ids)
    assert appeal.counted_days == ["2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13"]
    assert incentives.finalize_due(at(2026, 11, 20)) == 0

    act(stage.hr, ACCEPTED, "appeal_handle", appeal.pk, step="accept", status=409)
    act(stage.officer, ACCEPTED, "appeal_handle", appeal.pk, step="accept")
    act(stage.officer, ACCEPTED, "appeal_handle", appeal.pk, step="investigate")
    outcome = {"outcome": "overturned", "reasons": REASONS, "without": ids}
    act(stage.officer, PROPOSED, "appeal_propose", appeal.pk, **outcome)
    act(stage.officer, DECIDED, "appeal_judge", appeal.pk, step="decide", status=403)
    act(stage.reviewer, DECIDED, "appeal_judge", appeal.pk, step="decide")

    score = Score.objects.get(
        period="2026-10", subject_kind="employee", subject_id=stage.worst.pk, measure="overall"
    )
    standing = Standing.objects.get(employee=stage.worst, period="2026-10")
    corrected = {
        one.kind: one.figures for one in Adjudication.objects.filter(object_id__in=(score.pk, standing.pk))
    }
    assert (score.k, score.n, standing.rank) == (16, 40, 8)
    assert (corrected["score"]["k"], corrected["score"]["n"], corrected["standing"]["rank"]) == (16, 20, 7)
    decision.refresh_from_db()
    assert decision.state == Decision.State.REVERSED
    assert not LedgerLine.objects.exists()

    client.force_login(stage.worst.user)
    page = client.get(reverse("my_appeal", args=[appeal.pk])).content.decode()
    assert "16 / 40" in page and "16 / 20" in page and REASONS in page
    assert "沈佳" not in page, "colleagues are counted, never named, to the person who appealed"
    named = [name for name, _verify in verifications.items() if name.startswith(("3", "4 cases", "5", "6"))]
    assert [sentence for name in named for sentence in verifications[name]()] == []


@pytest.mark.clause("RE-4.1b")
def test_silence_never_dismisses_the_late_one_is_red_on_the_groups_board(stage, act, client):
    decision = stage.issued(stage.worst)
    appeal = file_by(stage, act, decision)
    late = at(2026, 11, 25)
    with time_machine.travel(late, tick=False):
        client.force_login(stage.reviewer)
        page = client.get(reverse("appeals")).content.decode()
    assert "my-pill--late" in page and appeal.number in page
    assert incentives.finalize_due(late) == 0
    decision.refresh_from_db()
    assert decision.state == Decision.State.SUSPENDED


def test_everybody_sees_their_own_answers_and_grounds_and_nobody_elses(stage, client):
    decision = stage.issued(stage.worst)
    with time_machine.travel(at(2026, 11, 5, 18), tick=False):
        client.force_login(stage.worst.user)
        assert client.get(reverse("my_appeal_new", args=["decision", decision.pk])).status_code == 200
        page = client.get(reverse("my_answers") + "?month=2026-10").content.decode()
        assert "40 份答卷计入" in page
        client.force_login(stage.best.user)
        assert client.get(reverse("my_appeal_new", args=["decision", decision.pk])).status_code == 404


def test_after_the_window_the_form_leads_to_the_chair_and_a_refusal_stands_beside_the_field(stage, act):
    decision = stage.issued(stage.worst)
    incentives.finalize_due(at(2026, 11, 16))
    late = at(2026, 11, 18)
    filled = {"grounds": ["fact"], "text": TEXT, "wish": "overturn", "file": "1"}
    page = act(stage.worst.user, late, "my_appeal_new", "decision", decision.pk, status=409, **filled)
    assert "id_plea_error" in page.content.decode()
    assert not Appeal.objects.exists()
    act(
        stage.worst.user,
        late,
        "my_appeal_new",
        "decision",
        decision.pk,
        plea="出差在外，昨天才看到",
        **filled,
    )
    appeal = Appeal.objects.get()
    act(stage.chair, late, "appeal_judge", appeal.pk, step="dismiss", reason="没有说明新的情况")
    appeal.refresh_from_db()
    assert (appeal.state, LedgerLine.objects.get().amount) == ("dismissed", -3)
