"""Small penalties that are the same go to the vote together, and are voted on together, each line visible."""

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals import services as approvals
from approvals.models import Motion, Vote
from core.flow import Refused
from incentives import rules, services
from incentives.models import Decision
from incentives.policy import Limits
from incentives.tests.effects_stage import CUT, WRITTEN, EffectsStage, points
from incentives.tests.pages import HR_VERBS, browse
from tests import factories
from tests.factories import at
from tests.replay import replayed

PASSWORD = "a long pass phrase"
LIMITS = {"batch_points": 2, "batch_fen": 10000}
SMALL = points(-1)
FACT = {
    "kind": "by_hand",
    "number": "SG-1",
    "text": "录入的手机号有三处错误",
    "happened_on": "2026-10-12",
    "verified_on": "2026-10-13",
}


class Batches(EffectsStage):
    def heard_all(self, *effects, people=None, statement="", opinion="", rule=None):
        """One rule, several people, each heard and ready for the vote."""
        rule = rule or self.rule(*effects)
        cases = [self.case(rule, one, evidence=FACT) for one in people or self.team[:3]]
        return [self.heard_one(case, statement, opinion) for case in cases]

    def heard_one(self, case, statement="", opinion=""):
        decision = services.propose(case, by=self.hr, at=at(2026, 11, 2))
        hearing = services.call_hearing(decision, by=self.hr, at=at(2026, 11, 2))
        if statement:
            services.state_case(hearing, statement=statement, by=case.employee.user, at=at(2026, 11, 3))
            if opinion:
                services.write_opinion(decision, opinion=opinion, by=self.hr, at=at(2026, 11, 3))
            services.end_due_hearings(at(2026, 11, 9))
        else:
            services.waive_hearing(hearing, by=case.employee.user, at=at(2026, 11, 3))
        return Decision.objects.get(pk=decision.pk)

    def send(self, decisions):
        return services.submit_batch(decisions, by=self.hr, at=at(2026, 11, 10))


def batches(limits):
    """In a company of its own, replayed."""
    return replayed(
        ("incentives.batches", repr(limits)), lambda: Batches(factories.make_company(), limits=limits)
    )


@pytest.fixture
def stage(db):
    cache.clear()
    with time_machine.travel(at(2026, 11, 10), tick=False):
        yield batches(LIMITS)


def reward(stage):
    return services.propose(stage.case(stage.rule(points(2)), stage.team[5]), by=stage.hr, at=at(2026, 11, 2))


@pytest.mark.parametrize(
    ("effects", "limits", "is_small"),
    [
        ([points(-2)], LIMITS, True),
        ([points(-3)], LIMITS, False),
        ([points(-1), points(-2)], LIMITS, False),
        ([points(-1), {"kind": "money", "amount": -10000}], LIMITS, True),
        ([{"kind": "money", "amount": -10001}], LIMITS, False),
        ([points(-1), {"kind": "admonishing_talk"}], LIMITS, False),
        ([{"kind": "recommend", "what": "dismissal"}], LIMITS, False),
        ([points(-1)], {}, False),
        ([points(-1)], {"batch_points": 0}, False),
        ([points(-1)], {"batch_fen": 10000}, False),
        ([], LIMITS, False),
    ],
)
def test_small_is_points_and_money_alone_within_the_policys_limits(effects, limits, is_small):
    bounds = Limits(**limits)
    found = rules.is_small(effects, most_points=bounds.batch_points, most_fen=bounds.batch_fen)
    assert found is is_small


@pytest.mark.clause("RE-2.3")
def test_small_penalties_that_are_the_same_go_together(stage):
    sent = stage.send(stage.heard_all(SMALL))
    assert {one.state for one in sent} == {"voting"} and Motion.objects.count() == 3


def test_penalties_above_the_limits_go_one_by_one(stage):
    decisions = stage.heard_all(points(-3))
    with pytest.raises(Refused) as refusal:
        stage.send(decisions)
    assert refusal.value.code == "large" and not Motion.objects.exists()
    assert stage.send(decisions[:1])[0].state == "voting"


def test_without_limits_in_the_book_no_penalty_goes_with_another(db):
    stage = batches(None)
    decisions = stage.heard_all(SMALL)
    with pytest.raises(Refused):
        stage.send(decisions)
    assert not Motion.objects.exists()


@pytest.mark.parametrize("other", ["rule", "amount", "reward"])
def test_a_mixed_batch_is_refused_with_a_sentence_and_sends_nothing(stage, other):
    decisions = stage.heard_all(SMALL, people=stage.team[:2])
    if other == "reward":
        decisions.append(reward(stage))
    else:
        effects = SMALL if other == "rule" else points(-2)
        decisions += stage.heard_all(effects, people=stage.team[2:3])
    with pytest.raises(Refused) as refusal:
        stage.send(decisions)
    assert refusal.value.code == "mixed" and "同一规则" in str(refusal.value)
    assert not Motion.objects.exists()


def test_a_line_whose_hearing_is_not_over_stops_the_batch(stage):
    rule = stage.rule(SMALL)
    decisions = stage.heard_all(rule=rule, people=stage.team[:2])
    open_one = services.propose(stage.case(rule, stage.team[2]), by=stage.hr, at=at(2026, 11, 2))
    services.call_hearing(open_one, by=stage.hr, at=at(2026, 11, 9))
    with pytest.raises(services.BatchRefused) as refusal:
        stage.send([*decisions, open_one])
    assert [thing.pk for thing, _sentence in refusal.value.lines] == [open_one.pk]
    assert not Motion.objects.exists()


# ---- HR's pages


@pytest.fixture
def hr(stage):
    role = factories.make_role(stage.company, "hr-pages", HR_VERBS)
    factories.grant(stage.hr, role)
    return browse(stage.hr)


def text(response):
    return response.content.decode()


def test_hr_picks_small_penalties_that_were_heard_and_sends_them(stage, hr):
    decisions = stage.heard_all(SMALL)
    big = stage.heard_all(points(-9), people=stage.team[3:4])[0]
    waiting = stage.heard_all(SMALL, people=stage.team[4:5], statement="当天我在外地出差")[0]
    page = text(hr.get("/incentives/?month=2026-10"))
    assert all(f'name="case" value="{one.case_id}"' in page for one in decisions)
    assert f'name="case" value="{big.case_id}"' not in page
    assert f'name="case" value="{waiting.case_id}"' not in page
    review = hr.get(reverse("incentives_batch"), {"case": [one.case_id for one in decisions]})
    assert "把 3 件处罚送管理小组表决？" in text(review)
    lines = [row.shown for row in review.context["rows"]]
    assert hr.post(reverse("incentives_batch_send"), {"case": lines}).status_code == 302
    assert Motion.objects.count() == 3


def test_a_mixed_pick_is_told_before_anything_is_sent(stage, hr):
    decisions = [*stage.heard_all(SMALL, people=stage.team[:2]), reward(stage)]
    cases = [one.case_id for one in decisions]
    review = text(hr.get(reverse("incentives_batch"), {"case": cases}))
    assert "这些事项不能一起送" in review and "同一规则" in review
    assert "送表决</button>" not in review
    sent = hr.post(reverse("incentives_batch_send"), {"case": cases})
    assert sent.status_code == 409 and not Motion.objects.exists()


# ---- the group's pages


@pytest.fixture
def member(stage):
    user = stage.members[0]
    user.set_password(PASSWORD)
    user.save()
    return user


def lines_of(client, batch):
    context = client.get(reverse("votes_batch"), {"batch": batch}).context
    return {seat.motion.topic_id: (seat, form) for seat, _question, form, _own in context["lines"]}


def key_of(decision):
    return rules.batch_key(decision.direction, decision.rule_code, decision.effects)


def ballot(lines, choice="approve"):
    data = {}
    for seat, form in lines:
        data |= {f"s{seat.pk}-choice": choice, form["shown"].html_name: form.initial["shown"]}
    return data


@pytest.mark.clause("RE-2.1")
def test_the_group_votes_on_them_line_by_line_with_the_password(stage, member):
    decisions = stage.heard_all(SMALL, people=stage.team[:2])
    spoken = stage.heard_all(
        rule=decisions[0].rule, people=stage.team[2:3], statement="当天我在外地出差", opinion="已核对"
    )
    stage.send([*decisions, *spoken])
    client, key = browse(member), key_of(decisions[0])
    assert f"?batch={key}" in text(client.get(reverse("votes")))
    page = text(client.get(reverse("votes_batch"), {"batch": key}))
    assert "3 件处罚，逐行表决" in page and "当天我在外地出差" in page and "放弃听证" in page
    assert page.count("手机号有三处错误") == 3
    data = ballot(lines_of(client, key).values()) | {"batch": key}
    assert client.post(reverse("votes_batch"), data | {"password": "wrong"}).status_code == 422
    assert not Vote.objects.exists()
    assert client.post(reverse("votes_batch"), data | {"password": PASSWORD}).status_code == 302
    assert Vote.objects.count() == 3


def test_the_list_of_votes_costs_the_same_however_many_penalties_wait(stage, member):
    client, rule = browse(member), stage.rule(SMALL)
    first = stage.send(stage.heard_all(rule=rule, people=stage.team[:1]))[0]
    pages = (reverse("votes"), reverse("votes_batch") + f"?batch={key_of(first)}")
    before = [cost(client, page) for page in pages]
    stage.send(stage.heard_all(rule=rule, people=stage.team[1:5]))
    assert [cost(client, page) for page in pages] == before


def cost(client, page):
    client.get(page)
    with CaptureQueriesContext(connection) as seen:
        client.get(page)
    return len(seen)


def test_the_group_casts_no_mixed_batch(stage, member):
    small = stage.send(stage.heard_all(SMALL, people=stage.team[:2]))
    good = stage.send([reward(stage)])
    client, key = browse(member), key_of(small[0])
    assert set(lines_of(client, "")) == {good[0].pk}
    mixed = ballot([*lines_of(client, key).values(), *lines_of(client, "").values()])
    for batch in (key, ""):
        answer = client.post(reverse("votes_batch"), mixed | {"batch": batch, "password": PASSWORD})
        assert answer.status_code == 409 and "同一规则" in text(answer)
    lines = [approvals.Line(one.motion, "approve") for one in (*small, *good)]
    with pytest.raises(Refused) as refusal:
        approvals.cast_batch(lines, by=member, at=at(2026, 11, 10))
    assert refusal.value.code == "mixed" and not Vote.objects.exists()


def test_large_penalties_are_voted_on_one_by_one(stage, member):
    large = [stage.send([one])[0] for one in stage.heard_all(CUT | {"least": -20000}, WRITTEN)]
    client = browse(member)
    assert "?batch=" not in text(client.get(reverse("votes")))
    assert lines_of(client, key_of(large[0])) == {}
    with pytest.raises(Refused):
        approvals.cast_batch(
            [approvals.Line(one.motion, "approve") for one in large], by=member, at=at(2026, 11, 10)
        )
    assert not Vote.objects.exists()
