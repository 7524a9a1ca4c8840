"""A draft tried on the past: whom, how much, how fragile; the figures are those a real close would give."""

import datetime as dt
import random
from fractions import Fraction

import pytest

from complaints.services import praise
from complaints.tests.build_praise import Stage as PraiseStage
from core.facts import Fact
from core.flow import Refused
from core.registries import fact_sources
from incentives import draft_pages, drafts
from incentives.models import Case, Decision, Rule, Simulation
from incentives.services import simulating
from incentives.simulation import closes_for, fragility, unsaved
from incentives.simulation.running import _run_rule
from incentives.tests.build import CLEAR, MONTHS, PENALTY, REWARD
from incentives.tests.build_facts import Units, add_book, rule
from incentives.unit_rules import trigger_of
from jobs.services import run_now
from organization.models import Assignment
from policies import services as policies
from policies.models import SignOff, Version
from scoring.models import Adjudication, Close
from scoring.statistics.ranking import bottom_places, top_places
from tests import factories
from tests.factories import at

NOW = at(2026, 11, 10)
#: 方磊 last by a single answer of a hundred
CLOSE_RACE = (99, 88, 89, 90, 90, 91, 92, 92)

#: the same in one month of three
NARROW = (99, 60, 61, 90, 89, 89, 88, 88)


def pack(rules, label="9"):
    """A second book of the company with these rules under codes of its own; it needs one signature."""
    clauses = [
        {"code": "RE-5.2a", "number": "第 5.2 条（一）", "text": "连续三个月名列前茅的员工加分。"},
        {"code": "RE-5.3a", "number": "第 5.3 条（一）", "text": "连续三个月排名靠后的员工扣分。"},
    ]
    document = {
        "code": "trial",
        "number": "ZD-9",
        "title": "试算稿",
        "version": label,
        "effective_from": "2026-12-01",
        "sign_offs": [{"step": "审核", "role": "signer"}],
    }
    renamed = [{**rule, "code": f"T-{rule['code']}"} for rule in rules]
    return {"document": document, "clauses": clauses, "rules": renamed}


def make_draft(stage, rules=(REWARD, PENALTY), label="9"):
    if not stage.company.roles.filter(code="signer").exists():
        factories.make_role(stage.company, "signer", ("policies.sign",))
    return policies.load_pack(pack(rules, label), company=stage.company, by=stage.hr, at=NOW).version


def result_of(draft):
    return simulating.simulate(draft, None)


def by_code(result, code):
    return next(row for row in result["rules"] if row["code"] == f"T-{code}")


def test_the_draft_hits_whom_the_close_has_found_and_writes_nothing(stage):
    stage.three_months()
    cases, decisions = Case.objects.count(), Decision.objects.count()
    result = result_of(make_draft(stage))
    found = {(case.rule_code, case.employee_id, case.occurrence) for case in Case.objects.all()}
    assert {(row["rule"][2:], row["employee"], row["occurrence"]) for row in result["hits"]} == found
    assert (Case.objects.count(), Decision.objects.count()) == (cases, decisions)


def test_a_hit_says_in_words_what_has_no_amount(stage):
    stage.three_months()
    draft = make_draft(stage, (REWARD,))
    made = Simulation(version=draft, company=stage.company, result=result_of(draft))
    (line,) = draft_pages.hit_lines(made.result["hits"], made, stage.hr)
    assert (line.follows, line.row["points"]) == (["通报表扬"], 5)


def test_points_people_and_departments_are_summed(stage):
    stage.three_months()
    result = result_of(make_draft(stage))
    assert by_code(result, "RE-5.2a")["now"]["points"] == 5
    assert by_code(result, "RE-5.3a")["now"]["points"] == -3
    assert result["totals"]["now"]["people"] == 2
    assert result["months"] == ["2026-08", "2026-09", "2026-10"]
    assert {(row["k"], row["n"]) for row in result["hits"]} == {(297, 300), (180, 300)}
    (sales,) = result["departments"]
    assert (sales["department"], sales["now"]["hits"]) == (stage.sales.pk, 2)


def test_months_that_had_their_effect_are_not_counted_again(stage):
    for month in range(3, 11):
        stage.month(f"2026-{month:02d}")
    rows = [
        row for row in result_of(make_draft(stage, (REWARD,)))["hits"] if row["employee"] == stage.best.pk
    ]
    assert [row["occurrence"] for row in rows] == ["2026-03..2026-05", "2026-06..2026-08"]


@pytest.mark.parametrize(
    ("changed", "touched"),
    [
        ({}, [0]),
        ({"place_share_bp": 2500}, [0, 2]),
        ({"min_eligible": 9}, []),
        ({"rank_min_n": 101}, []),
        ({"streak_length": 4}, []),
    ],
)
def test_the_drafts_own_settings_of_the_ranking_are_tried(stage, changed, touched):
    for period in MONTHS:
        stage.month(period, satisfied=(99, 60, 95, 90, 89, 89, 87, 88))
    draft = make_draft(stage, (REWARD,))
    draft.content |= {"ranking": stage.version.content["ranking"] | changed}
    result = simulating.simulate(draft, stage.version)
    assert [row["employee"] for row in result["hits"]] == [stage.team[place].pk for place in touched]
    assert not Adjudication.objects.exists()


def test_settings_that_a_trial_cannot_show_are_named(stage):
    stage.three_months()
    draft = make_draft(stage, (REWARD,))
    draft.content |= {name: stage.version.content.get(name) for name in stage.version.content}
    draft.content["targets"] = {"overall_bp": 9500, "valid_from": "2027-01-01", "by_dimension": {}}
    draft.content["ranking"] = stage.version.content["ranking"] | {"modes": ["phone"]}
    assert simulating.simulate(draft, stage.version)["unseen"] == ["targets", "ranking"]


def test_what_the_evidence_holds_back_costs_nothing_and_is_said(stage):
    for period in ("2026-08", "2026-09", "2026-10"):
        stage.month(period, CLOSE_RACE)
    row = by_code(result_of(make_draft(stage, (PENALTY,))), "RE-5.3a")["now"]
    assert (row["hits"], row["held"], row["points"]) == (0, 1, 0)


@pytest.mark.parametrize(("last", "is_fragile"), [(CLEAR, False), (NARROW, True)])
def test_a_hit_that_one_answer_decides_is_fragile(stage, last, is_fragile):
    """Beyond chance over three months in both cases; in the second, one month is lost by a single answer."""
    for period, satisfied in zip(("2026-08", "2026-09", "2026-10"), (CLEAR, CLEAR, last), strict=True):
        stage.month(period, satisfied)
    rows = result_of(make_draft(stage, (PENALTY | {"evidence": "literal"},)))["hits"]
    assert [row["is_fragile"] for row in rows] == [is_fragile]


@pytest.mark.parametrize("place", ["top", "bottom"])
def test_turning_one_answer_ranks_as_the_ranking_would(place):
    """Counted from the sorted shares alone, over many small groups full of ties."""
    dice, inside = random.Random(4), {"top": top_places, "bottom": bottom_places}[place]
    for _group in range(300):
        rows = [(pk, dice.randint(0, 6), 6) for pk in range(9)]
        shares = sorted(Fraction(k, n) for _pk, k, n in rows)
        pk, k, n = dice.choice(rows)
        turned = [(pk, *fragility._turned(k, n, place)) if row[0] == pk else row for row in rows]
        assert fragility._stays(shares, k, n, place, 3) == (pk in inside(turned, 3))


def test_the_gate_asked_again_says_what_the_evidence_says(stage):
    """With no answer turned round the verdict is the frozen one, just at the edge too."""
    for satisfied in (CLEAR, (99, 85, 90, 90, 89, 89, 88, 88), (99, 86, 90, 90, 89, 89, 88, 88)):
        for period in ("2026-08", "2026-09", "2026-10"):
            Close.objects.filter(period=period).delete()
            stage.month(period, satisfied)
        for row in simulation_hits(stage):
            frozen = row.hit.evidence
            still = {**frozen, "pooled": {**frozen["pooled"], "k": frozen["pooled"]["k"] - 1}}
            assert fragility._is_proven(still) == frozen["gate"]["distinguishable"]


def simulation_hits(stage):
    months = simulating.closed_months(stage.company)
    row = unsaved(PENALTY, stage.version, stage.version.clauses.get(code="RE-5.3a"))
    return _run_rule(row, closes_for(stage.company, months), months, lambda: None)


def test_hits_are_compared_with_those_of_the_version_in_force(stage):
    stage.three_months()
    current = make_draft(stage, (REWARD, PENALTY), "8")
    result = simulating.simulate(make_draft(stage, (REWARD,)), current)
    assert {row["rule"]: row["change"] for row in result["hits"]} == {
        "T-RE-5.2a": "same",
        "T-RE-5.3a": "gone",
    }
    assert result["totals"]["before"]["points"] == 2


def test_only_the_last_twelve_closed_months_are_tried(stage):
    for number in range(15):
        year, month = divmod(2025 * 12 + 8 + number, 12)
        Close.objects.create(
            company=stage.company,
            period=f"{year}-{month + 1:02d}",
            kind="month",
            cutoff_on=dt.date(year, month + 1, 28),
            state=Close.State.OPEN if number == 14 else Close.State.LOCKED,
        )
    months = result_of(make_draft(stage))["months"]
    assert (len(months), months[0], months[-1]) == (12, "2025-11", "2026-10")


def test_a_rule_that_cannot_be_run_is_named_with_its_reason(stage):
    stage.three_months()
    broken = PENALTY | {"trigger": "target_missed", "params": {"quarters": 0}}
    draft = make_draft(stage, (REWARD,))
    draft.content["rules"].append(broken | {"code": "T-bad"})
    row = next(row for row in result_of(draft)["rules"] if row["code"] == "T-bad")
    assert row["skipped"]
    assert row["now"]["hits"] == 0


def test_the_run_keeps_its_result_for_just_this_content(stage):
    stage.three_months()
    draft = make_draft(stage)
    made = simulating.request_simulation(draft, by=stage.hr, at=NOW)
    run = run_now(simulating.run_of(made).pk)
    assert (run.state, run.done, run.total) == ("done", 2, 2)
    assert simulating.simulation_of(draft).result["totals"]["now"]["hits"] == 2
    changed = {**draft.content, "rules": draft.content["rules"][:1]}
    policies.rewrite(draft, changed, seen=draft.checksum, by=stage.hr, at=NOW)
    assert simulating.simulation_of(draft) is None


def test_a_run_whose_draft_was_changed_meanwhile_fails_with_a_sentence(stage):
    stage.three_months()
    draft = make_draft(stage)
    made = simulating.request_simulation(draft, by=stage.hr, at=NOW)
    changed = {**draft.content, "rules": []}
    policies.rewrite(draft, changed, seen=draft.checksum, by=stage.hr, at=NOW)
    assert run_now(simulating.run_of(made).pk).state == "failed"
    assert Simulation.objects.get().made_at is None


def test_signatures_wait_for_the_trial(stage):
    stage.three_months()
    draft = make_draft(stage, (REWARD,))
    with pytest.raises(Refused) as refusal:
        policies.submit(draft, by=stage.hr, at=NOW)
    assert refusal.value.code == "not_ready"
    made = simulating.request_simulation(draft, by=stage.hr, at=NOW)
    run_now(simulating.run_of(made).pk)
    assert policies.submit(draft, by=stage.hr, at=NOW).state == "signing"


def test_a_trial_of_what_stood_there_before_does_not_open_the_way_for_what_stands_there_now(stage):
    stage.three_months()
    draft = make_draft(stage, (REWARD,))
    run_now(simulating.run_of(simulating.request_simulation(draft, by=stage.hr, at=NOW)).pk)
    old = Version.objects.get(pk=draft.pk)
    changed = [{**draft.content["rules"][0], "title": "另一条"}]
    policies.rewrite(draft, {**draft.content, "rules": changed}, seen=draft.checksum, by=stage.hr, at=NOW)
    with pytest.raises(Refused) as refusal:
        policies.submit(old, by=stage.hr, at=NOW)
    assert refusal.value.code == "not_ready"


def test_a_trial_is_asked_for_again_once_a_further_month_is_closed(stage):
    stage.three_months()
    draft = make_draft(stage, (REWARD,))
    made = simulating.request_simulation(draft, by=stage.hr, at=NOW)
    run_now(simulating.run_of(made).pk)
    assert list(simulating.unready(draft, NOW)) == []
    stage.month("2026-11")
    assert len(list(simulating.unready(draft, NOW))) == 1
    run_now(simulating.run_of(simulating.request_simulation(draft, by=stage.hr, at=NOW)).pk)
    assert list(simulating.unready(draft, NOW)) == []


def test_a_draft_that_takes_all_rules_out_is_tried_too(stage):
    stage.three_months()
    first = make_draft(stage, (PENALTY,))
    SignOff.objects.filter(version=first).update(signed_by=stage.hr, signed_at=NOW)
    policies.put_in_force(first, by=stage.hr, at=at(2026, 12, 1))
    begun = {"label": "10", "effective_from": dt.date(2027, 1, 1), "revision_note": "取消"}
    draft = policies.start_draft(first, **begun, by=stage.hr, at=at(2026, 12, 2))
    content = drafts.without_rule(draft.content, "T-RE-5.3a")
    draft = policies.rewrite(draft, content, seen=draft.checksum, by=stage.hr, at=at(2026, 12, 2))
    assert len(list(simulating.unready(draft, at(2026, 12, 2)))) == 1


def test_two_penalties_for_one_incident_keep_a_draft_from_being_sent_round(stage):
    """The book in force punishes three months near the bottom already."""
    draft = make_draft(stage, (PENALTY,))
    with pytest.raises(Refused) as refusal:
        policies.submit(draft, by=stage.hr, at=NOW)
    assert "T-RE-5.3a" in str(refusal.value)


def test_a_company_without_a_closed_month_has_nothing_to_try(stage):
    draft = make_draft(stage, (REWARD,))
    with pytest.raises(Refused):
        simulating.request_simulation(draft, by=stage.hr, at=NOW)
    assert policies.submit(draft, by=stage.hr, at=NOW).state == "signing"


def book_with(units, *rows):
    """A version whose content has these rules, as a draft's would."""
    version = add_book(units.company, *rows)
    version.content = {"rules": list(rows)}
    return version


def test_a_rule_of_quarters_runs_at_their_closes_and_freezes_nothing(company):
    units = Units(company)
    for month in ("2026-06", "2026-09"):
        units.close(month)
    for quarter in ("2026Q1", "2026Q2", "2026Q3"):
        units.close(quarter, {units.peony: (160, 200), units.garden: (179, 200)})
    before = list(Close.objects.order_by("pk").values_list("frozen", flat=True))
    rows = result_of(book_with(units, rule("T-1", "target_missed", evidence="warn", quarters=2)))["hits"]
    head = units.peony.assignments_head.pk
    clear = [row for row in rows if row["employee"] == head]
    assert [(row["occurrence"], row["period"]) for row in clear] == [("2026Q1..2026Q2@peony", "2026-06")]
    assert {row["is_fragile"] for row in clear} == {False}
    assert {row["is_fragile"] for row in rows if row not in clear} == {True}
    assert list(Close.objects.order_by("pk").values_list("frozen", flat=True)) == before


def test_a_rule_of_facts_is_tried_on_the_facts_of_those_months(company, monkeypatch):
    units = Units(company)
    for month in ("2026-08", "2026-09"):
        units.close(month)
    known = [fact(units, day) for day in (31, 40, 70, 95)]
    monkeypatch.setitem(
        fact_sources._entries,
        "tests",
        (0, lambda company, kind, since, until: [one for one in known if since <= one.verified_at < until]),
    )
    rows = result_of(book_with(units, rule("T-2", "by_hand", kind="tampering")))["hits"]
    assert [(row["occurrence"], row["period"], row["points"]) for row in rows] == [
        ("test:40", "2026-08", -1),
        ("test:70", "2026-09", -1),
    ]


def test_the_money_of_a_shared_praise_is_summed_as_it_would_be_paid(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    stage = PraiseStage()
    voice = stage.attributed({stage.wangli: 7000, stage.zhouting: 3000})
    praise.confirm_praise(voice, by=stage.chenjing.user, at=at(2026, 11, 6, 10))
    money = {"kind": "money", "amount": 50000, "least": 50000, "most": 50000}
    row = rule("T-1", "praise_confirmed", (money,), direction="reward", evidence="literal")
    version = add_book(stage.company, row)
    version.content = {"rules": [row]}
    Close.objects.create(
        company=stage.company, kind="month", period="2026-11", cutoff_on="2026-11-30", state="ranked"
    )
    result = result_of(version)
    assert sorted(hit["fen"] for hit in result["hits"]) == [15000, 35000]
    assert (result["totals"]["now"]["fen"], result["totals"]["now"]["people"]) == (50000, 2)


@pytest.mark.parametrize(("ended", "expected"), [(None, "head"), ("2026-07-15", None)])
def test_a_units_own_penalty_never_reaches_the_head_above_the_unit(company, monkeypatch, ended, expected):
    """On 31 July; the head of the unit had gone by then in the second case, and the one above once led it."""
    units = Units(company)
    above = factories.make_department(company, "region", "大区")
    units.peony.parent = above
    units.peony.save()
    own = units.peony.assignments_head
    if ended:
        own.assignments.update(ends_on=ended)
        Assignment.objects.create(
            employee=own,
            department=above,
            post=own.assignments.get().post,
            is_head=True,
            starts_on="2026-07-16",
        )
    known = [fact(units, 31)]
    monkeypatch.setitem(fact_sources._entries, "tests", (0, lambda *asked: known))
    row = rule("U-1", "by_hand", kind="tampering", to="head")
    book = add_book(company, row, code="own", department=units.peony)
    found = trigger_of(Rule.objects.get(version=book)).hits_between(
        Rule.objects.get(version=book), at(2026, 7, 1), at(2026, 9, 1)
    )
    assert [hit.employee_id for hit in found] == ([own.pk] if expected else [None])


def fact(units, day):
    """Tampering proven so many days after 30 June; 31 is the last of July, 95 is in October."""
    moment = at(2026, 6, 30) + dt.timedelta(days=day)
    return Fact(
        kind="tampering",
        key=f"test:{day}",
        number="",
        employee_id=units.peony.people[0].pk,
        department_id=units.peony.pk,
        happened_on=moment.date(),
        verified_at=moment,
    )
