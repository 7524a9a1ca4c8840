"""Rules that rest on single facts: complaints found true, praise, reports by hand; one incident is punished once."""

from datetime import UTC, date

import pytest

from approvals.models import Seat
from complaints.services import praise, relations, tracking
from complaints.tests.build_b import Cast
from complaints.tests.build_praise import Stage as PraiseStage
from core.events import deliver_all
from core.flow import Refused
from incentives import selectors, services
from incentives.models import Case, Decision, PayrollBatch, Rule
from incentives.services.cases import verifiers_of
from incentives.services.decisions import excluded_from
from incentives.tests.build_facts import Desk, add_book, rule
from notifications.models import Message
from policies.models import Version
from scoring.tests import world
from surveys.models import Answer
from tests import factories
from tests.factories import at
from tests.racing import at_once

COMPLAINT = rule("RE-5.3b", "finding_confirmed", causes=["attitude", "error"])
PRAISE = rule(
    "RE-5.2b",
    "praise_confirmed",
    ({"kind": "commendation_notice"},),
    direction="reward",
    evidence="literal",
    forms=["written", "pennant"],
)
ERROR = rule("CC-5.3", "by_hand", kind="data_error")
ITEM = rule("PM-6.2", "by_hand", kind="dissatisfied_item", to="head", per_item=True)
IDEA = rule(
    "RE-5.2c",
    "by_hand",
    ({"kind": "commendation_notice"},),
    direction="reward",
    kind="suggestion",
    needs_effect=True,
)
LATER = at(2026, 11, 20)


@pytest.fixture
def cast(db):
    """The cast of complaints, without the rules of the book, so that each test brings its own."""
    found = Cast()
    Rule.objects.update(is_active=False)
    return found


@pytest.fixture
def praise_stage(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    found = PraiseStage()
    Rule.objects.update(is_active=False)
    return found


@pytest.fixture
def desk(company, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Desk(company, ERROR, ITEM, IDEA)


# ---- complaints found true (RE-5.3b)


def test_a_confirmed_finding_becomes_a_case_as_soon_as_it_is_confirmed(cast):
    add_book(cast.company, COMPLAINT)
    voice = cast.confirmed(cast.seller)
    deliver_all()
    case = Case.objects.get()
    finding = voice.findings.get()
    assert (case.employee, case.occurrence, case.incident) == (
        cast.seller,
        f"finding:{finding.pk}",
        f"case:{voice.pk}",
    )
    assert (case.state, case.is_distinguishable, case.period, case.role) == (
        "found",
        True,
        "2026-11",
        "employee",
    )
    assert (case.evidence["severity"], case.evidence["number"]) == ("general", voice.number)
    assert set(case.evidence["verified_by"]) == {finding.proposed_by_id, finding.confirmed_by_id}
    assert verifiers_of(case) == {cast.hr.pk, cast.member.pk}
    assert Message.objects.filter(recipient=cast.hr.user, kind="incentives.cases").count() == 1
    services.find_due_facts(LATER)
    assert Case.objects.count() == 1


def test_who_stood_behind_the_fact_has_no_vote_on_what_follows(cast):
    add_book(cast.company, COMPLAINT)
    cast.confirmed(cast.seller)
    deliver_all()
    decision = services.propose(Case.objects.get(), by=cast.second_hr.user, at=LATER)
    grounds = excluded_from(decision, LATER)
    assert grounds[cast.member.pk] == grounds[cast.hr.pk] == Seat.Ground.VERIFIER
    assert grounds[cast.seller.pk] == Seat.Ground.SUBJECT
    assert grounds[cast.second_hr.pk] == Seat.Ground.PROPOSER


@pytest.mark.parametrize(
    "params", [{"causes": ["product"]}, {"severities": ["serious"]}, {"verdicts": ["partly"]}]
)
def test_other_causes_severities_and_verdicts_are_no_hit(cast, params):
    add_book(cast.company, rule("A", "finding_confirmed", **params))
    cast.confirmed(cast.seller)
    assert services.find_fact_cases(cast.company, LATER) == []


def test_facts_from_before_the_version_are_left_alone_and_later_ones_belong_to_theirs(cast):
    add_book(cast.company, COMPLAINT, effective_from=date(2026, 11, 5))
    cast.confirmed(cast.seller)
    assert services.find_fact_cases(cast.company, LATER) == []
    assert list(selectors.fact_4()) == []


def test_what_happened_before_the_company_had_a_rule_is_not_punished_by_it(desk):
    late = rule("N-1", "by_hand", kind="data_error")
    thanks = rule("N-2", "by_hand", ERROR["effects"], kind="data_error")
    add_book(desk.company, late, code="new", effective_from=date(2026, 11, 3))
    book = add_book(desk.company, thanks, code="thanks", effective_from=date(2026, 11, 3))
    Rule.objects.filter(version=book).update(direction="reward")
    desk.verified(happened_on=date(2026, 11, 2))
    desk.verified(happened_on=date(2026, 11, 3))
    services.find_fact_cases(desk.company, LATER)
    days = {
        code: [case.evidence["happened_on"] for case in Case.objects.filter(rule_code=code).order_by("pk")]
        for code in ("CC-5.3", "N-1", "N-2")
    }
    assert days == {
        "CC-5.3": ["2026-11-02", "2026-11-03"],
        "N-1": ["2026-11-03"],
        "N-2": ["2026-11-02", "2026-11-03"],
    }
    assert list(selectors.fact_4()) == []


def test_a_fact_belongs_to_the_version_in_force_on_its_day(cast):
    first = add_book(cast.company, COMPLAINT)
    Version.objects.filter(pk=first.pk).update(effective_to=date(2026, 11, 5))
    second = add_book(cast.company, COMPLAINT, effective_from=date(2026, 11, 5))
    cast.confirmed(cast.seller)
    cast.confirmed(cast.colleague, moment=at(2026, 11, 6))
    services.find_fact_cases(cast.company, LATER)
    found = {case.employee: case.rule.version for case in Case.objects.all()}
    assert found == {cast.seller: first, cast.colleague: second}
    assert list(selectors.fact_4()) == []


def test_a_month_in_the_payroll_file_passes_the_fact_on_to_the_next(cast):
    add_book(cast.company, COMPLAINT)
    PayrollBatch.objects.create(
        company=cast.company,
        month="2026-11",
        number="1",
        made_at=at(),
        made_by=cast.hr.user,
        lines=0,
        total_points=0,
        total_fen=0,
        csv=b"",
        xlsx=b"",
    )
    cast.confirmed(cast.seller)
    services.find_fact_cases(cast.company, LATER)
    assert Case.objects.get().period == "2026-12"


def test_a_reopened_finding_puts_its_case_aside_and_warns_of_its_decision(cast):
    add_book(cast.company, COMPLAINT)
    first, second = cast.answered(cast.seller), cast.answered(cast.head)
    deliver_all()
    case, other = Case.objects.get(employee=cast.seller), Case.objects.get(employee=cast.head)
    services.propose(other, by=cast.hr.user, at=at())
    for voice in (first, second):
        tracking.reopen(voice, reason="有新的录像", at=at(2026, 11, 6))
    deliver_all()
    case.refresh_from_db()
    assert case.state == "set_aside" and case.settled_by is None and case.reason
    assert Decision.objects.get().state == "proposed"
    assert Message.objects.filter(recipient=cast.hr.user, kind="incentives.in_doubt").count() == 1
    assert services.find_fact_cases(cast.company, LATER) == []


# ---- praise (RE-5.2b)


def test_everybody_who_shares_in_a_praise_is_found_with_the_share(praise_stage):
    stage = praise_stage
    add_book(stage.company, PRAISE)
    voice = stage.attributed({stage.wangli: 7000, stage.zhouting: 3000})
    praise.confirm_praise(voice, by=stage.chenjing.user, at=at(2026, 11, 6, 10))
    deliver_all()
    shares = {case.employee: case.evidence["share_bp"] for case in Case.objects.all()}
    assert shares == {stage.wangli: 7000, stage.zhouting: 3000}
    assert {case.occurrence for case in Case.objects.all()} == {f"praise:{voice.pk}"}
    assert list(selectors.fact_4()) == []


def test_spoken_praise_is_no_written_praise(praise_stage):
    stage = praise_stage
    add_book(
        stage.company, rule("P", "praise_confirmed", PRAISE["effects"], direction="reward", forms=["written"])
    )
    stage.confirmed()
    assert services.find_fact_cases(stage.company, LATER) == []


# ---- by hand (RE-5.2c, PM-6.2, PM-6.4, CC-5.3)


def test_a_report_counts_once_a_second_person_verified_it(desk):
    report = desk.report()
    assert services.find_fact_cases(desk.company, LATER) == []
    services.verify_report(report, by=desk.second, at=at(2026, 11, 5))
    deliver_all()
    case = Case.objects.get()
    assert (case.employee, case.occurrence, case.rule_code) == (desk.wangli, f"hand:{report.pk}", "CC-5.3")
    assert set(case.evidence["verified_by"]) == {desk.hr.pk, desk.second.pk}


def test_a_rule_for_heads_touches_the_head_of_that_day(desk):
    report = desk.item("overall")
    services.find_fact_cases(desk.company, LATER)
    case = Case.objects.get()
    assert (case.employee, case.role, report.employee) == (desk.head.employee, "head", desk.head.employee)


def test_each_item_of_one_form_costs_the_head_its_own_point_and_none_costs_two(desk):
    form = desk.form(overall=1, polite=2, patient=5)
    for code in ("overall", "polite"):
        desk.item(code, form=form)
    with pytest.raises(Refused) as refusal:
        desk.item("polite", form=form)
    assert refusal.value.field == "item" and "SG-2611-002" in str(refusal.value.message)
    services.find_fact_cases(desk.company, LATER)
    cases = Case.objects.order_by("pk")
    assert [(case.employee, case.evidence["item_text"]) for case in cases] == [
        (desk.head.employee, "总体"),
        (desk.head.employee, "礼貌"),
    ]
    for case in cases:
        services.propose(case, by=desk.hr, at=LATER)
    assert Decision.objects.live().count() == 2
    assert list(selectors.fact_4()) == []


@pytest.mark.parametrize("code", ["", "unheard_of", "honest", "nps"])
def test_an_item_that_the_form_does_not_have_or_left_blank_is_refused_beside_its_field(desk, code):
    form = desk.form(overall=1, nps=2)
    with pytest.raises(Refused) as refusal:
        desk.item(code, form=form)
    assert refusal.value.field == "item"


def test_an_item_and_another_breach_of_the_same_form_are_one_incident(desk):
    form = desk.form(overall=1)
    desk.item("overall", form=form)
    desk.verified(employee=desk.head.employee, answer=form.number)
    services.find_fact_cases(desk.company, LATER)
    first, second = Case.objects.order_by("pk")
    services.propose(first, by=desk.hr, at=LATER)
    with pytest.raises(Refused) as refusal:
        services.propose(second, by=desk.hr, at=LATER)
    assert refusal.value.code == "double"


def test_a_change_of_head_entered_later_touches_nobody_else(desk):
    desk.item("overall")
    services.find_fact_cases(desk.company, LATER)
    desk.head.employee.assignments.update(ends_on=date(2026, 10, 31))
    factories.make_employee(desk.sales, "新负责人", is_head=True, since=date(2026, 11, 1))
    assert services.find_fact_cases(desk.company, LATER) == []
    assert Case.objects.get().employee == desk.head.employee
    assert list(selectors.fact_4()) == []


def test_who_verifies_from_today_on_is_told_at_night(desk):
    desk.second.grants.update(starts_on=date(2026, 11, 4))
    desk.report(moment=at(2026, 11, 4, 3).astimezone(UTC))
    assert Message.objects.filter(recipient=desk.second, kind="incentives.hand_report").exists()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((150, 200), (170, 200), ("found", True)),
        ((15, 20), (17, 20), ("held", False)),
        ((170, 200), (150, 200), None),
    ],
)
def test_a_suggestion_needs_a_rise_and_one_that_chance_does_not_explain(desk, before, after, expected):
    counts = {when: {"k": k, "n": n} for when, (k, n) in (("before", before), ("after", after))}
    desk.verified("suggestion", figures=counts)
    services.find_fact_cases(desk.company, LATER)
    states = [(case.state, case.is_distinguishable) for case in Case.objects.all()]
    assert states == ([expected] if expected else [])


# ---- one incident is punished once


def test_a_complaint_and_the_low_score_of_the_same_incident_are_punished_once(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    desk_rules = (COMPLAINT, rule("CC-5.3", "by_hand", kind="data_error"))
    add_book(cast.company, *desk_rules)
    world.give_answers(world.make_campaign(cast.company), cast.seller, 0, 1)
    answer = Answer.objects.latest("pk")
    desk = object.__new__(Desk)
    desk.company, desk.hr, desk.second, desk.wangli = (
        cast.company,
        cast.hr.user,
        cast.member.user,
        cast.seller,
    )
    allow(cast.hr.user, cast.company)
    desk.verified(answer=answer.number)
    services.find_fact_cases(cast.company, LATER)
    first = services.propose(Case.objects.get(), by=cast.hr.user, at=at())
    voice = cast.confirmed(cast.seller)
    relations.link_answer(voice, answer=answer, by=cast.handler.user, at=at())
    services.find_fact_cases(cast.company, LATER)
    second = Case.objects.get(rule_code="RE-5.3b")
    with pytest.raises(Refused, match=first.number) as refusal:
        services.propose(second, by=cast.hr.user, at=at())
    assert refusal.value.code == "double"
    second.refresh_from_db()
    assert second.state == "found"
    services.set_aside(first, reason="按投诉处理", by=cast.hr.user, at=at())
    assert services.propose(second, by=cast.hr.user, at=at()).state == "proposed"


def allow(user, company):
    factories.grant(user, factories.make_role(company, "reporter", ["incentives.report_fact"]))
    user.__dict__.pop("_grants_today", None)


# ---- found once, and verified


def test_verification_misses_a_fact_without_a_case_and_one_that_says_otherwise(desk):
    desk.verified()
    assert "there is no case" in "".join(selectors.fact_4())
    services.find_fact_cases(desk.company, LATER)
    assert list(selectors.fact_4()) == []
    case = Case.objects.get()
    case.evidence["text"] = "别的事"
    case.save()
    assert "is not what the fact says" in "".join(selectors.fact_4())


def test_nothing_due_costs_a_few_statements(desk, django_assert_max_num_queries):
    desk.verified()
    services.find_due_facts(LATER)
    with django_assert_max_num_queries(14):
        services.find_due_facts(LATER)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_facts_looked_for_at_once_are_found_once(company, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    desk = Desk(company, ERROR)
    desk.verified()
    outcomes = at_once([lambda: services.find_fact_cases(company, LATER)] * 4)
    assert sorted(len(new) for new in outcomes) == [0, 0, 0, 1]
    assert Case.objects.count() == 1
