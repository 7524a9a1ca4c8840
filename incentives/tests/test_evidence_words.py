"""Each kind of evidence stands in words, with its counts, on the case, the employee's page and in the letter."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from complaints.tests.build_b import Cast
from complaints.tests.build_praise import Stage as PraiseStage
from incentives import letters, services
from incentives.evidence_words import lead_of, shown_of
from incentives.models import Case, Rule
from incentives.tests.build_facts import Desk, Units, add_book
from incentives.tests.test_facts import COMPLAINT, IDEA, LATER, PRAISE
from incentives.tests.test_triggers import HOMES, MISSED, RATE, TEAM
from tests import factories
from tests.factories import at


def open_case(company, case):
    client = Client()
    client.force_login(factories.user_with(company, "incentives.view", "incentives.propose", "policies.view"))
    pages = []
    for language in ("en", "zh-hans"):
        client.cookies["django_language"] = language
        response = client.get(reverse("incentives_case", args=[case.pk]))
        assert response.status_code == 200
        pages.append(response.content.decode())
    queue = client.get(reverse("incentives_queue"), {"month": case.period})
    assert queue.status_code == 200 and case.employee.name in queue.content.decode()
    return pages


def words(case):
    with translation.override("en"):
        return lead_of(case), shown_of(case).note, dict(shown_of(case).rows)


def test_rules_on_units_say_which_counts_they_rest_on(company):
    units = Units(company, MISSED, RATE, HOMES)
    units.homes(units.peony, 20, 1)
    units.nameless(units.peony, 2)
    units.close("2026Q2", {units.peony: {5: 150, 3: 20, 1: 30}})
    units.find(units.close("2026Q3", {units.peony: {5: 150, 3: 20, 1: 30}}))
    cases = {case.rule_code: case for case in Case.objects.all()}
    lead, note, rows = words(cases["RE-5.3c"])
    assert lead == "牡丹处 stayed below the target in Q2 2026, Q3 2026: together 300 / 400 (75.0%)."
    assert "Chance does not explain it" in note
    assert rows["Q3 2026"] == "150 / 200 (75.0%), target 90%"
    assert words(cases["PM-6.3"])[0] == (
        "牡丹处, Q3 2026: 170 of 200 were basically satisfied or better (85.0%), below 95%."
    )
    lead, note, _rows = words(cases["PM-6.1"])
    assert lead == "牡丹处, Q3 2026: 1 of 20 households answered (5.0%), below 10%."
    assert note == "2 further answers name no household; with them it may have been enough."
    for case in cases.values():
        for page in open_case(company, case):
            assert "牡丹处" in page
    assert "300 / 400" in open_case(company, cases["RE-5.3c"])[1]


def test_a_team_is_shown_with_its_place(company):
    units = Units(company, TEAM)
    units.find(units.close("2026H2", {units.peony: (190, 200), units.garden: (170, 200)}))
    case = Case.objects.filter(role="head").get()
    lead, _note, rows = words(case)
    assert lead == "牡丹处, H2 2026: place 1 of 2 teams by score and collaboration."
    assert rows["Team score and collaboration together"] == "95.00"
    open_case(company, case)


def test_a_finding_is_told_without_the_customer(db):
    cast = Cast()
    Rule.objects.update(is_active=False)
    add_book(cast.company, COMPLAINT)
    voice = cast.confirmed(cast.seller)
    services.find_fact_cases(cast.company, LATER)
    case = Case.objects.get()
    lead, _note, rows = words(case)
    assert (
        lead == f"Complaint {voice.number} was looked into: substantiated, cause: attitude."
        and rows["Severity"] == "General"
    )
    page = open_case(cast.company, case)[0]
    assert "林女士" not in page and "13800000001" not in page
    decision = services.propose(case, by=cast.hr.user, at=at())
    hearing = services.call_hearing(decision, by=cast.hr.user, at=at())
    with translation.override("en"):
        assert lead in letters.hearing(decision, hearing, cast.hr.user)[1]


def test_praise_and_facts_by_hand_are_shown_with_share_and_figures(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    stage = PraiseStage()
    Rule.objects.update(is_active=False)
    add_book(stage.company, PRAISE)
    stage.confirmed()
    services.find_fact_cases(stage.company, LATER)
    case = Case.objects.get(employee=stage.wangli)
    lead, _note, rows = words(case)
    assert "pennant" in lead and rows["Share"] == "60%"
    open_case(stage.company, case)


def test_a_suggestion_shows_what_it_changed(company, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    desk = Desk(company, IDEA)
    desk.verified("suggestion", figures={"before": {"k": 150, "n": 200}, "after": {"k": 170, "n": 200}})
    services.find_fact_cases(company, LATER)
    case = Case.objects.get()
    _lead, note, rows = words(case)
    assert (rows["Satisfied afterwards"], note) == ("170 / 200 (85.0%)", "The rise is not by chance.")
    open_case(company, case)


@pytest.mark.parametrize("kind", ["unheard_of", ""])
def test_unknown_evidence_says_nothing(kind):
    assert lead_of(Case(evidence={"kind": kind})) == ""
