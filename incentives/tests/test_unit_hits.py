"""A rule that touches the head hits a unit that nobody headed: HR sees it, and a head entered later has the case."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.flow import Refused
from incentives import selectors, services
from incentives.models import Case, UnitHit
from incentives.navigation import queue_counts
from incentives.services.unit_hits import keep_unit_hits
from incentives.tests.build_facts import PLUS, Desk, add_book, new_units, rule
from incentives.tests.pages import browse
from notifications.models import Message
from organization.models import Assignment
from scoring.models import Close
from tests import factories
from tests.factories import at
from tests.racing import at_once, kinds

RATE = rule("PM-6.3", "unit_rate_below", threshold_bp=9500, measure="basic")
MISSED = rule("RE-5.3c", "target_missed", quarters=2)
HOMES = rule("PM-6.1", "coverage_below", thresholds={"peony": 1000})
TEAM = rule(
    "RE-5.2d",
    "best_team",
    ({**PLUS, "to": "members"}, {"kind": "commendation_notice", "to": "head"}),
    direction="reward",
    evidence="warn",
)
BELOW = {5: 100, 3: 70, 1: 30}


def leave(unit):
    """The head leaves before the cut-off, and nobody follows."""
    unit.assignments_head.assignments.update(ends_on=dt.date(2026, 8, 31))


def enter_head(unit, name="新主任", since=dt.date(2026, 9, 1)):
    return factories.make_employee(unit, name, is_head=True, since=since)


@pytest.fixture
def units(db):
    units = new_units(RATE)
    leave(units.peony)
    return units


@pytest.fixture
def hit(units):
    units.find(units.close("2026Q3", {units.peony: BELOW}))
    return UnitHit.objects.get()


@pytest.mark.clause("PM-6.3")
def test_a_hit_on_a_unit_without_a_head_stands_there_with_its_evidence(units, hit):
    assert not Case.objects.exists()
    assert (hit.rule_code, hit.department, hit.period) == ("PM-6.3", units.peony, "2026-09")
    assert (hit.state, hit.head_on, hit.is_distinguishable) == ("open", dt.date(2026, 9, 30), True)
    assert (hit.evidence["pooled"]["k"], hit.evidence["pooled"]["n"]) == (170, 200)
    message = Message.objects.get(recipient=units.hr)
    assert "无人负责" in message.subject


def test_finding_again_keeps_it_once(units, hit):
    for _time in range(2):
        assert units.find(Close.objects.get()) == []
    assert UnitHit.objects.count() == 1
    assert keep_unit_hits(hit.rule, [], at()) == []


@pytest.mark.parametrize("kind", ["missed", "homes", "team"])
def test_every_rule_that_touches_the_head_is_seen(db, kind):
    units = new_units({"missed": MISSED, "homes": HOMES, "team": TEAM}[kind])
    leave(units.peony)
    if kind == "homes":
        units.homes(units.peony, 40, 1)
        units.find(units.close("2026Q3"))
    elif kind == "missed":
        units.close("2026Q2", {units.peony: (160, 200)})
        units.find(units.close("2026Q3", {units.peony: (160, 200)}))
    else:
        units.find(units.close("2026H2", {units.peony: (199, 200), units.garden: (160, 200)}))
    assert (
        UnitHit.objects.get().rule_code == {"missed": "RE-5.3c", "homes": "PM-6.1", "team": "RE-5.2d"}[kind]
    )
    members = {one.name for one in units.peony.people} if kind == "team" else set()
    assert set(Case.objects.values_list("employee__name", flat=True)) == members


def test_a_team_rule_that_has_nothing_for_the_head_leaves_nothing_open(db):
    units = new_units({**TEAM, "effects": [{**PLUS, "to": "members"}]})
    leave(units.peony)
    units.find(units.close("2026H2", {units.peony: (199, 200), units.garden: (160, 200)}))
    assert not UnitHit.objects.exists() and Case.objects.count() == 2


@pytest.mark.clause("PM-6.3")
def test_it_becomes_the_case_of_a_head_entered_later_once(units, hit):
    assert services.resolve_unit_hits(at(2026, 10, 2)) == 0
    head = enter_head(units.peony)
    assert services.resolve_unit_hits(at(2026, 10, 3)) == 1
    case = Case.objects.get()
    assert (case.employee, case.role, case.period) == (head, "head", "2026-09")
    assert (case.occurrence, case.evidence) == (hit.occurrence, hit.evidence)
    hit.refresh_from_db()
    assert (hit.state, hit.case) == ("resolved", case)
    assert services.resolve_unit_hits(at(2026, 10, 4)) == 0
    assert units.find(Close.objects.get()) == []
    assert Case.objects.count() == 1


def test_a_head_of_other_days_does_not_answer_for_it(units, hit):
    enter_head(units.peony, since=dt.date(2026, 10, 1))
    assert services.resolve_unit_hits(at(2026, 10, 3)) == 0
    assert UnitHit.objects.open().exists()


def test_a_close_run_anew_from_nothing_neither_doubles_nor_loses_it(units, hit):
    head = enter_head(units.peony)
    close = Close.objects.get()
    close.frozen = {name: value for name, value in close.frozen.items() if name != "units"}
    close.save()
    assert units.find(close) == []
    services.resolve_unit_hits(at(2026, 10, 3))
    assert units.find(close) == []
    assert [case.employee for case in Case.objects.all()] == [head]


def test_set_aside_needs_a_reason_and_is_for_good(units, hit):
    with pytest.raises(Refused) as refusal:
        services.set_aside_unit_hit(hit, reason=" ", by=units.hr, at=at())
    assert refusal.value.field == "reason"
    services.set_aside_unit_hit(hit, reason="该处 9 月撤并", by=units.hr, at=at())
    enter_head(units.peony)
    assert services.resolve_unit_hits(at(2026, 12, 3)) == 0
    units.find(Close.objects.get())
    assert not Case.objects.exists() and UnitHit.objects.get().state == "set_aside"


def test_who_works_in_the_unit_does_not_settle_what_touches_its_head(units, hit):
    own = factories.make_user(employee=units.peony.people[0])
    with pytest.raises(Refused) as refusal:
        services.set_aside_unit_hit(hit, reason="没有必要", by=own, at=at())
    assert refusal.value.code == "own_unit"
    hit.refresh_from_db()
    assert hit.state == "open"


def test_two_tied_teams_without_a_head_pay_one_head_once(db):
    units = new_units(TEAM)
    third = factories.make_department(units.company, "other", "三处")
    factories.make_employee(third, "三处员工")
    for unit in (units.peony, units.garden):
        leave(unit)
    counts = {units.peony: (190, 200), units.garden: (190, 200), third: (160, 200)}
    units.find(units.close("2026H2", counts))
    assert UnitHit.objects.count() == 2
    head = enter_head(units.peony, since=dt.date(2026, 9, 1))
    Assignment.objects.create(
        employee=head,
        department=units.garden,
        post=factories.make_post(units.company),
        is_head=True,
        starts_on=dt.date(2026, 9, 2),
        ends_on=dt.date(2027, 12, 31),
    )
    assert services.resolve_unit_hits(at(2027, 1, 3)) == 1
    assert [one.state for one in UnitHit.objects.all()] == ["resolved", "resolved"]
    assert Case.objects.filter(role="head").count() == 1


# ---- facts


def desk_without_head(company, *, department=None):
    desk = Desk(company)
    where = desk.sales if department else None
    add_book(company, rule("CC-5.3", "by_hand", kind="data_error", to="head"), department=where)
    add_book(company, rule("CC-5.9", "by_hand", kind="data_error"), code="second")
    desk.head.employee.assignments.update(ends_on=dt.date(2026, 10, 31))
    return desk


def test_a_fact_about_a_unit_that_nobody_headed_is_seen_and_later_its_heads(company):
    desk = desk_without_head(company)
    report = desk.verified()
    services.find_fact_cases(company, at(2026, 11, 6))
    services.find_fact_cases(company, at(2026, 11, 7))
    hit = UnitHit.objects.get()
    assert (hit.head_on, hit.occurrence) == (dt.date(2026, 11, 2), f"hand:{report.pk}")
    head = enter_head(desk.sales, since=dt.date(2026, 11, 1))
    assert services.find_fact_cases(company, at(2026, 11, 8)) == []
    assert services.resolve_unit_hits(at(2026, 11, 8)) == 1
    assert services.find_fact_cases(company, at(2026, 11, 9)) == []
    assert Case.objects.get(rule_code="CC-5.3").employee == head
    assert list(selectors.fact_4()) == [] and list(selectors.fact_4_unit_hits()) == []


def test_a_units_own_rule_does_not_reach_the_head_above_it(company):
    desk = desk_without_head(company, department=True)
    office = factories.make_department(company, "top", "总部")
    desk.sales.parent = office
    desk.sales.save()
    factories.make_employee(office, "总经理", is_head=True)
    desk.verified()
    services.find_fact_cases(company, at(2026, 11, 6))
    assert services.resolve_unit_hits(at(2026, 11, 6)) == 0
    assert UnitHit.objects.get().state == "open"
    head = enter_head(desk.sales, since=dt.date(2026, 11, 1))
    assert services.resolve_unit_hits(at(2026, 11, 8)) == 1
    assert Case.objects.get(rule_code="CC-5.3").employee == head


# ---- verify


def closed(units):
    Close.objects.update(state=Close.State.PROPOSED)
    return units


def test_verification_misses_a_hit_that_is_gone_or_changed(units, hit):
    closed(units)
    assert list(selectors.fact_4()) == []
    UnitHit.objects.update(evidence=hit.evidence | {"threshold_bp": 1})
    assert "does not say" in next(selectors.fact_4())
    UnitHit.objects.all().delete()
    assert "nothing shows it" in next(selectors.fact_4())


def test_the_checksum_of_the_close_stays_when_the_head_comes_later(units, hit):
    closed(units)
    close = Close.objects.get()
    before = selectors.stored_cases(close), selectors.recomputed_cases(close)
    enter_head(units.peony)
    services.resolve_unit_hits(at(2026, 10, 3))
    assert (selectors.stored_cases(close), selectors.recomputed_cases(close)) == before == ([], [])
    assert list(selectors.fact_4()) == [] and list(selectors.fact_4_unit_hits()) == []


def test_verification_finds_a_case_that_rests_on_something_else_and_a_head_left_waiting(units, hit):
    enter_head(units.peony)
    assert list(selectors.fact_4_unit_hits()) == []
    Assignment.history.update(history_date=at(2026, 1, 1))
    assert "but has no case" in next(selectors.fact_4_unit_hits())
    services.resolve_unit_hits(at(2026, 10, 3))
    assert list(selectors.fact_4_unit_hits()) == []
    Case.objects.update(evidence={})
    assert "rests on something else" in next(selectors.fact_4_unit_hits())


# ---- pages


def text(response):
    return response.content.decode()


def test_the_queue_says_it_with_what_to_do(units, hit):
    page = text(browse(units.hr).get("/incentives/?month=2026-09"))
    assert "规则 PM-6.3 命中牡丹处" in page
    assert "牡丹处" in page and "9 月 30 日无人负责" in page
    assert reverse("unit_hit", args=[hit.pk]) in page
    assert "牡丹处" in text(browse(units.hr).get(reverse("home")))
    assert queue_counts(units.hr, units.company) == {"incentives.proposal": 0, "incentives.unit_hit": 1}


def test_its_page_shows_the_counts_and_takes_the_reason(units, hit):
    client = browse(units.hr)
    page = text(client.get(reverse("unit_hit", args=[hit.pk])))
    assert "170" in page and "200" in page and "PM-6.3 规则" in page
    address = reverse("unit_hit_set_aside", args=[hit.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "该处已撤"}).url == reverse("unit_hits")
    listed = text(client.get(reverse("unit_hits")))
    assert "该处已撤" in listed and "没有等待负责人的命中" in listed
    assert client.post(address, {"reason": "再来"}).status_code == 409
    assert "该处已撤" in text(client.get(reverse("unit_hit", args=[hit.pk])))


def test_a_member_of_the_unit_sees_no_form_and_a_stranger_nothing(units, hit):
    own = factories.user_with(
        units.company, "incentives.view", "incentives.propose", employee=units.peony.people[0]
    )
    page = text(browse(own).get(reverse("unit_hit", args=[hit.pk])))
    assert 'name="reason"' not in page and "您在该部门任职" in page
    other = factories.make_company("other", "别的公司")
    outside = factories.user_with(other, "incentives.view", "incentives.propose")
    assert browse(outside).get(reverse("unit_hit", args=[hit.pk])).status_code == 404
    assert "牡丹处" not in text(browse(outside).get(reverse("unit_hits")))


def test_a_head_sees_those_of_their_own_units_only(units, hit):
    garden = factories.user_with(
        units.company, "incentives.view", reach="department", employee=units.garden.assignments_head
    )
    assert browse(garden).get(reverse("unit_hit", args=[hit.pk])).status_code == 404


def test_queue_and_list_cost_the_same_however_many(units, hit):
    client = browse(units.hr)
    pages = ("/incentives/?month=2026-09", reverse("unit_hits"))
    costs = [[cost(client, page) for page in pages]]
    for number in range(5):
        UnitHit.objects.create(
            **{
                name: getattr(hit, name)
                for name in ("company", "rule", "rule_code", "department", "head_on", "period", "evidence")
            },
            occurrence=f"2026Q3@x{number}",
            found_at=at(),
        )
    costs.append([cost(client, page) for page in pages])
    assert costs[0] == costs[1]


def cost(client, page):
    client.get(page)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        client.get(page)
    return len(seen)


# ---- at once


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_found_at_once_it_is_kept_once_and_resolved_at_once_it_is_one_case():
    units = new_units(RATE)
    leave(units.peony)
    close = units.close("2026Q3", {units.peony: BELOW})
    at_once([lambda: units.find(close)] * 4)
    assert UnitHit.objects.count() == 1
    enter_head(units.peony)
    outcomes = at_once([lambda: services.resolve_unit_hits(at(2026, 10, 3))] * 4)
    assert sorted(outcomes) == [0, 0, 0, 1]
    assert Case.objects.count() == 1 and UnitHit.objects.get().state == "resolved"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_set_aside_while_its_head_is_entered_it_ends_as_one_of_the_two():
    units = new_units(RATE)
    leave(units.peony)
    units.find(units.close("2026Q3", {units.peony: BELOW}))
    enter_head(units.peony)
    hit = UnitHit.objects.get()
    outcomes = at_once(
        [
            lambda: services.resolve_unit_hits(at(2026, 10, 3)),
            lambda: services.set_aside_unit_hit(
                UnitHit.objects.get(pk=hit.pk), reason="撤并", by=units.hr, at=at(2026, 10, 3)
            ),
        ]
    )
    hit.refresh_from_db()
    assert hit.state in ("resolved", "set_aside")
    assert Case.objects.count() == (hit.state == "resolved")
    assert set(kinds(outcomes)) <= {"Refused", "done"}
