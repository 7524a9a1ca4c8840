"""Chains that are no streak of ranks, the fewest answers, appeals beside the first figures, and the document."""

import random
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from appeals.tests.build import REASONS, TEXT, closed_months
from audit.models import AuditRow
from complaints.tests.build_b import Cast as Voices
from core.events import deliver_all
from incentives import services as incentives
from incentives.models import Case, Decision, Rule
from incentives.tests.build_facts import Units, add_book, rule
from organization.models import Role
from reports.selectors import why
from reports.selectors.fewest import least, of_case
from scoring.models import Adjudication, Close, Score, Standing, SubjectKind
from scoring.statistics.measures import basis_points, is_below
from tests import factories
from tests.factories import at
from tests.replay import replayed

#: 方磊 16 of 20, the next ones 17 of 20 and more: last in each month, and by little
CLOSE_RUN = {"satisfied": (20, 16, 18, 17, 18, 19, 18, 18), "total": 20}
MISSED = rule("RE-5.3c", "target_missed", quarters=2, evidence="literal")
RATE = rule("PM-6.3", "unit_rate_below", threshold_bp=9500, measure="satisfied", evidence="literal")
HOMES = rule("PM-6.1", "coverage_below", thresholds={"peony": 5000}, evidence="literal")


def get(user, path):
    client = Client()
    client.force_login(user)
    return client.get(path)


def text(user, path):
    return get(user, path).content.decode()


def grant(company, user, *verbs, reach=Role.Reach.COMPANY):
    factories.grant(
        user, factories.make_role(company, f"more-{user.pk}-{Role.objects.count()}", verbs, reach)
    )
    return user


# ---- the fewest answers


def test_the_least_count_is_what_trying_one_after_the_other_finds():
    dice = random.Random(4)
    for _round in range(200):
        most, turning = dice.randint(0, 60), dice.randint(1, 80)
        tried = next((count for count in range(1, most + 1) if count >= turning), None)
        assert least(lambda count, turning=turning: count < turning, most) == tried


def test_the_answers_that_decide_are_named_the_same_on_every_page(cast):
    for month in ("2026-08", "2026-09", "2026-10"):
        cast.close(month, **CLOSE_RUN)
    case = Case.objects.get(employee=cast.worst)
    found = of_case(case)
    # 48 of 60 is just not chance, 48 of 59 may be
    assert (found.count, found.k, found.n, found.period, found.pooled) == (1, 48, 59, "2026-10", True)
    assert found.is_fragile
    proposer = factories.user_with(cast.company, "incentives.propose")
    decision = incentives.propose(case, by=proposer, at=at(2026, 11, 2))
    chain = text(cast.chair, f"/why/decision/{decision.pk}/")
    sentence = "各月合计 81.4%（48 / 59），可能出于偶然，不会有处罚。"
    assert f"不算 10 月的 {found.labels[0]} 号答卷：{sentence}" in chain
    assert "不稳：一份答卷就能改变结果" in chain
    standing = Standing.objects.get(employee=cast.worst, period="2026-10")
    place = text(cast.worst.user, f"/why/rank/{standing.pk}/")
    # 16 of 19 is still less than 17 of 20; with 16 of 18 another one is last
    alone = re.search(r"不算 10 月的 (A\d+)、(A\d+) 号答卷：88.9%（16 / 18），第 7 名", place).groups()
    assert alone[0] == found.labels[0]
    assert marks_of(cast.worst.user, f"/why/rank/{standing.pk}/", alone) <= {1, 2, 3}
    adjudicated(standing, k=16, n=18, rank=7)
    for path in (f"/why/decision/{decision.pk}/", f"/why/rank/{standing.pk}/"):
        after = text(cast.chair, path)
        assert "申诉后：16 / 18（88.9%），第 7 名。" in after
        assert "16 / 20" in after
    adjudicated(standing, k=2, n=3, rank=None)
    assert "申诉后" not in text(cast.worst.user, f"/why/rank/{standing.pk}/")
    assert get(cast.best.user, f"/why/rank/{standing.pk}/").status_code == 404
    assert get(cast.other_head, f"/why/rank/{standing.pk}/pdf/").status_code == 404
    assert get(cast.head, f"/why/rank/{standing.pk}/").status_code == 200
    assert not [one.name for one in cast.team if one != cast.worst and one.name in place]


def adjudicated(standing, **figures):
    """What an appeal made of a place, beside the first figures."""
    Adjudication.objects.create(
        company=standing.company,
        close=standing.ranking.close,
        kind=Adjudication.Kind.STANDING,
        object_id=standing.pk,
        figures={"status": "ranked", "place": "", **figures},
        cause=f"appeal:{Adjudication.objects.count()}",
        made_at=at(2026, 11, 12),
    )


def test_the_own_place_and_score_say_until_when_they_may_be_objected_to(stage):
    user = grant(
        stage.company, stage.worst.user, "scoring.view_own", "incentives.view_own", reach=Role.Reach.SELF
    )
    standing = Standing.objects.get(employee=stage.worst, period="2026-10")
    Close.objects.filter(pk=standing.ranking.close_id).update(scored_at=at(2026, 11, 2))
    path = reverse("why_standing", args=[standing.pk])
    with time_machine.travel(at(2026, 11, 4), tick=False):
        page = text(user, path)
        assert "可在 11 月 9 日（周一）24:00前提出申诉，还有 3 个工作日。" in page
        assert reverse("my_appeal_new", args=["standing", standing.pk]) in page
        assert "这条记录还能改变吗" not in text(stage.hr, path)
    with time_machine.travel(at(2026, 11, 10), tick=False):
        assert "申诉期已于 11 月 9 日（周一）24:00" in text(user, path)


def test_a_place_needs_a_constant_number_of_statements(cast, django_assert_max_num_queries):
    cast.close(total=40, satisfied=(40, 20, 30, 31, 32, 33, 34, 35))
    for employee in (cast.best, cast.worst):
        standing = Standing.objects.select_related("ranking__close", "company").get(employee=employee)
        with django_assert_max_num_queries(22):
            why.standing_page(standing, employee.user)
    score = Score.objects.select_related("close", "company").get(
        subject_kind=SubjectKind.COMPANY, measure="overall", period="2026-10"
    )
    with django_assert_max_num_queries(14):
        why.score_page(score, cast.chair)


def marks_of(user, path, labels):
    """Overall values of the answers with these opaque numbers, over both pages of the list."""
    rows = {}
    for page in (1, 2):
        cells = re.findall(
            r"<b class=\"my-strong\">(A\d+)</b>.*?my-strong\">(\d)</td>", text(user, f"{path}?page={page}")
        )
        rows |= {label: int(value) for label, value in cells}
    assert len(rows) == 20
    return {rows[label] for label in labels}


def test_too_few_answers_keep_everything_back(cast):
    cast.close(satisfied=(7, 1, 5, 5, 5, 5, 5, 5), total=7)
    standing = Standing.objects.get(employee=cast.worst)
    score = Score.objects.get(subject_kind=SubjectKind.EMPLOYEE, subject_id=cast.worst.pk, measure="overall")
    for path in (f"/why/rank/{standing.pk}/", f"/why/score/{score.pk}/"):
        page = text(cast.worst.user, path)
        assert "为保护客户，暂不显示" in page
        assert "不算" not in page
        assert "1 / 7" not in page
        assert "隐去客户身份" not in page
        assert "7 份有效" not in page
        assert get(cast.worst.user, f"{path}pdf/").status_code == 200


def brute(k, n, holds):
    return next(count for count in range(1, n - k + 1) if not holds(k, n - count))


def test_rates_and_targets_of_units_are_asked_by_their_own_rule(company):
    units = Units(company, MISSED, RATE)
    units.close("2026Q2", {units.peony: (160, 200), units.garden: (195, 200)})
    units.find(units.close("2026Q3", {units.peony: (178, 200), units.garden: (195, 200)}))
    cases = {case.rule_code: case for case in Case.objects.select_related("rule__version", "company")}
    target = of_case(cases["RE-5.3c"])
    count = brute(178, 200, lambda k, n: is_below(k, n, basis_points(9000)))
    assert (target.count, target.period, target.outcome) == (count, "2026Q3", "penalty")
    rate = of_case(cases["PM-6.3"])
    assert rate.count == brute(178, 200, lambda k, n: is_below(k, n, basis_points(9500)))
    decision = incentives.propose(cases["RE-5.3c"], by=units.hr, at=at(2027, 1, 4))
    page = text(units.hr, f"/why/decision/{decision.pk}/")
    assert f"不算 2026年三季度的 {count} 份不满意的答卷：" in page
    assert "牡丹处" in page
    assert get(units.hr, f"/why/decision/{decision.pk}/pdf/").content.startswith(b"%PDF")


def test_homes_that_would_have_had_to_answer_are_counted_the_other_way(company):
    case = Case(rule=Rule(direction="penalty", evidence="literal"), is_distinguishable=True)
    case.evidence = {
        "kind": "coverage_below",
        "period": "2026Q3",
        "threshold_bp": 5000,
        "homes": 21,
        "answered": 10,
        "unknown": 0,
    }
    found = of_case(case)
    assert (found.count, found.k, found.n, found.is_fragile) == (1, 11, 21, True)


# ---- single facts


def test_a_finding_shows_verdict_cause_and_severity_and_never_who_complained(db):
    voices = Voices()
    Rule.objects.update(is_active=False)
    add_book(voices.company, rule("RE-5.3b", "finding_confirmed", causes=["attitude", "error"]))
    voice = voices.confirmed(voices.seller)
    deliver_all()
    case = Case.objects.get()
    user = factories.user_with(voices.company, "incentives.view", "incentives.propose")
    decision = incentives.propose(case, by=user, at=at(2026, 11, 20))
    page = text(user, f"/why/decision/{decision.pk}/")
    assert f"投诉 {voice.number}" in page
    for words in (case.evidence["number"], "严重程度"):
        assert words in page
    assert "林女士" not in page
    assert "等了四十分钟没人接待" not in page
    assert of_case(case) is None


# ---- hearing, appeal, document


@pytest.fixture
def stage(db):
    return replayed("appeals.stage", closed_months)


def readers(stage):
    """The head of the department reads decisions of the people below and no statement; HR reads both."""
    head = grant(stage.company, stage.head, "incentives.view", "scoring.view", reach=Role.Reach.DEPARTMENT)
    return head, stage.hr


def test_an_appeal_stands_in_the_chain_with_its_outcome_and_reasons_for_those_who_may(stage):
    stage.issued(stage.worst)
    appeal = stage.signed(stage.worst)
    head, hr = readers(stage)
    path = f"/why/decision/{Decision.objects.get().pk}/"
    own, above, office = (text(user, path) for user in (stage.worst.user, head, hr))
    for page in (own, above, office):
        assert f"申诉 {appeal.number}：予以撤销" in page
        assert TEXT not in page
    assert REASONS in own
    assert REASONS in office
    assert REASONS not in above
    assert f"/my/appeals/{appeal.pk}/" in own
    assert "已撤销，不再有效" in own


def test_a_statement_is_for_the_person_and_those_who_decide(stage):
    decision = stage.proposed(stage.worst)
    hearing = incentives.call_hearing(decision, by=stage.hr, at=at(2026, 11, 2))
    incentives.state_case(
        hearing, statement="那天我在陪另一位客户。", by=stage.worst.user, at=at(2026, 11, 3)
    )
    head, hr = readers(stage)
    path = f"/why/decision/{decision.pk}/"
    assert "那天我在陪另一位客户。" in text(stage.worst.user, path)
    assert "那天我在陪另一位客户。" in text(hr, path)
    above = text(head, path)
    assert "那天我在陪另一位客户。" not in above
    assert "内容只给本人和决定的人看。" in above


def test_the_document_has_the_same_bytes_for_the_same_content_and_others_for_more(stage):
    stage.issued(stage.worst)
    decision = Decision.objects.get()
    path = f"/why/decision/{decision.pk}/pdf/"
    with time_machine.travel(at(2026, 11, 6), tick=False):
        first = get(stage.worst.user, path)
    with time_machine.travel(at(2028, 3, 1), tick=False):
        again = get(stage.worst.user, path)
    assert first.content.startswith(b"%PDF")
    assert first.content == again.content
    name = first.headers["Content-Disposition"]
    assert f"YJ-{decision.number}-" in name
    assert name == again.headers["Content-Disposition"]
    stage.filed(stage.worst)
    later = get(stage.worst.user, path)
    assert later.content != first.content
    assert later.headers["Content-Disposition"] != name


def test_who_takes_the_document_of_somebody_else_leaves_a_trace(stage):
    stage.issued(stage.worst)
    path = f"/why/decision/{Decision.objects.get().pk}/pdf/"
    statuses = [get(user, path).status_code for user in (stage.worst.user, stage.hr, stage.best.user)]
    assert statuses == [200, 200, 404]
    taken = AuditRow.objects.filter(verb="reports.why.download")
    assert [row.actor_id for row in taken] == [stage.hr.pk]
