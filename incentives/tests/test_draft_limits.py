"""Caps and floors in a draft: a bound once entered can be taken away, and comes back when it is needed."""

import pytest
from django.urls import reverse

from incentives.policy import Limits
from incentives.tests.build_office import NOW
from policies import services
from policies.comparing import compare
from policies.selectors import section_of


@pytest.fixture
def draft(office):
    return office.draft()


def url(draft):
    return reverse("policy_settings", args=[draft.pk, "limits"])


def send(office, draft, **changed):
    form = office.client.get(url(draft)).context["form"]
    sent = {bound.html_name: "" if bound.value() is None else bound.value() for bound in form}
    sent |= {"seen": draft.checksum, **{f"limits.{name}": value for name, value in changed.items()}}
    response = office.client.post(url(draft), sent)
    draft.refresh_from_db()
    return response


def settings_of(office, draft):
    found = compare(office.version.content, draft.content).settings
    return [(change.kind, change.before, change.after) for change in found]


def test_a_cap_that_is_emptied_holds_no_more_and_the_comparison_says_so(office, draft):
    assert send(office, draft, points_cap="", money_floor_fen="").status_code == 302
    assert section_of(draft, "limits").points_cap is None
    assert section_of(draft, "limits").of("fen", -1) is None
    assert section_of(draft, "limits").points_floor == -20
    assert settings_of(office, draft) == [
        ("changed", "20", "不设上限"),
        ("changed", "-500\u00a0元".replace("-", "−"), "不设上限"),
    ]
    page = office.client.get(reverse("policy_compare", args=[draft.pk])).content.decode()
    assert "不设上限" in page
    assert draft.content["sources"]["limits.points_cap"] == "company"


def test_an_empty_bound_can_be_entered_again(office, draft):
    send(office, draft, points_cap="", carry_months="")
    assert "直到全部计完" in office.client.get(url(draft)).content.decode()
    assert send(office, draft, points_cap="12").status_code == 302
    assert section_of(draft, "limits") == Limits(
        points_cap=12,
        points_floor=-20,
        money_cap_fen=500000,
        money_floor_fen=-50000,
        batch_points=section_of(office.version, "limits").batch_points,
        batch_fen=section_of(office.version, "limits").batch_fen,
    )


def test_a_bound_that_the_book_leaves_out_can_be_entered(office, draft):
    content = {**draft.content, "limits": {"points_cap": 5}}
    draft = services.rewrite(draft, content, seen=draft.checksum, by=office.hr, at=NOW)
    assert send(office, draft, money_cap_fen="300").status_code == 302
    assert draft.content["limits"] == {"points_cap": 5, "money_cap_fen": 30000}


def test_nothing_entered_where_nothing_was_is_no_difference(office, draft):
    before = {**office.version.content, "limits": {"points_cap": 5}}
    after = {**office.version.content, "limits": {"points_cap": 5, "points_floor": None}}
    assert compare(before, after).settings == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("points_cap", "0"),
        ("points_cap", "-3"),
        ("money_floor_fen", "200"),
        ("carry_months", "-1"),
        ("batch_points", "-1"),
        ("points_cap", "x"),
    ],
)
def test_a_bound_that_makes_no_sense_is_refused_beside_its_field(office, draft, name, value):
    seen = draft.checksum
    answer = send(office, draft, **{name: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="id_limits.{name}_error"' in page
    assert draft.checksum == seen
    assert f"[limits] {name}" not in page
