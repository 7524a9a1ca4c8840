"""/api/v1/feedback/: reading without anything personal, opening a case once."""

import json

import pytest
import time_machine

from complaints.models import Case, Kind
from complaints.services.intake import Contact
from complaints.services.tracking import look_up
from complaints.tests.build_d import NOON, Cast, also, browse, queries_of
from tests import factories
from tests.factories import at

URL = "/api/v1/feedback/"


@pytest.fixture
def cast(db):
    with time_machine.travel(NOON, tick=False):
        yield Cast()


def results(who, query=""):
    return browse(who).get(URL + query).json()["results"]


def send(who, key="ext-000001", **data):
    body = {"kind": "complaint", "text": "等了一小时", "phone": "13800000001"} | data
    headers = {"Idempotency-Key": key} if key else {}
    return browse(who).post(URL, json.dumps(body), content_type="application/json", headers=headers)


def test_reading_asks_for_the_right_and_keeps_to_the_reach(cast):
    case = cast.receive(cast.seller)
    cast.receive(kind=Kind.REPORT, contact=Contact())
    assert browse().get(URL).status_code == 401
    assert browse(cast.colleague).get(URL).status_code == 403
    for who in (cast.handler, cast.hr, cast.head, also(cast.auditor, "reports_reader")):
        assert [one["number"] for one in results(who)] == [case.number]
    assert results(cast.other_head) == results(Cast("other", "别的公司").handler) == []
    assert browse(cast.other_head).get(f"{URL}{case.pk}/").status_code == 404


def test_who_is_named_reads_nothing_of_it(cast):
    cast.receive(cast.hr)
    assert results(cast.hr) == []


def test_nothing_personal_is_given_out(cast):
    case = cast.receive(
        cast.seller,
        text="三栋的原话",
        contact=Contact("林女士", "13800000001", "lin@a.cn"),
        people_named="小王",
    )
    raw = browse(cast.handler).get(f"{URL}{case.pk}/").content.decode()
    for secret in ("三栋", "林女士", "13800000001", "lin@a.cn", "小王", "王丽", "code"):
        assert secret not in raw.replace("class_code", ""), secret


def test_filters(cast):
    cast.receive(kind=Kind.SUGGESTION, contact=Contact())
    case = cast.accepted(cast.seller)
    for query in ("?kind=complaint", "?state=accepted", "?problem_type=attitude", f"?number={case.number}"):
        assert [one["number"] for one in results(cast.handler, query)] == [case.number], query
    assert results(cast.handler, "?received_after=2026-11-05T00:00:00Z") == []
    assert browse(cast.handler).get(f"{URL}?kind=report").status_code == 400


def test_another_system_opens_a_case_and_is_told_number_and_code(cast):
    site = factories.make_site(cast.company)
    response = send(cast.handler, site="yunqi", problem_type="waiting")
    case = Case.objects.get()
    assert response.status_code == 201
    assert (case.site, case.problem_type, case.received_by) == (site, "waiting", cast.handler.user)
    given = response.json()
    assert given["number"] == case.number
    assert look_up(number=case.number, code=given["code"], address="127.0.0.1", at=at()) == case


def test_the_same_key_gives_the_same_case_again(cast):
    first, second = send(cast.handler), send(cast.handler)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["code"] == second.json()["code"] and Case.objects.count() == 1
    send(cast.second_handler)
    assert Case.objects.count() == 2


@pytest.mark.parametrize("other", [{"text": "另一位客户说的"}, {"phone": "13800000002"}])
def test_a_key_sent_again_with_something_else_is_refused_and_tells_no_code(cast, other):
    send(cast.handler)
    response = send(cast.handler, **other)
    assert response.status_code == 409 and "code" not in response.json()
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "attr"),
    [
        ({"key": ""}, "Idempotency-Key"),
        ({"key": "x" * 61}, "Idempotency-Key"),
        ({"kind": "report"}, "kind"),
        ({"channel": "survey"}, "channel"),
        ({"text": ""}, "text"),
        ({"text": None}, "text"),
        ({"site": "nowhere"}, "site"),
        ({"company": "other"}, "company"),
        ({"happened_on": "x"}, "happened_on"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_opened(cast, data, attr):
    Cast("other", "别的公司")
    response = send(cast.handler, **data)
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == attr
    assert not Case.objects.exists()


def test_a_rule_that_says_no_is_a_409(cast):
    for data in ({"phone": "12345"}, {"problem_type": "unheard"}, {"told_by": "email"}):
        assert send(cast.handler, **data).status_code == 409
    assert not Case.objects.exists()


def test_only_who_handles_opens_cases(cast):
    for who in (cast.hr, cast.member, cast.auditor, cast.head, cast.seller):
        assert send(who).status_code == 403
    assert not Case.objects.exists()


def test_nothing_else_can_be_done(cast):
    case = cast.receive()
    for method in ("put", "patch", "delete"):
        assert getattr(browse(cast.handler), method)(f"{URL}{case.pk}/").status_code in (403, 405)


def test_the_list_costs_the_same_however_long_it_is(cast):
    client = browse(cast.handler)
    cast.receive()
    before = len(queries_of(client, URL))
    for _ in range(5):
        cast.receive(cast.seller)
    assert len(queries_of(client, URL)) == before
