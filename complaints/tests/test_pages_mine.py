"""The side of somebody named: what they may know, say and object to, and what stays hidden."""

import pytest
import time_machine
from django.urls import reverse

from complaints.models import Allegation, Kind
from complaints.services import people, relations, tracking
from complaints.services.intake import Contact
from complaints.tests.build_d import NOON, XSS, Cast, browse, text
from tests.factories import at

LIST = "/my/allegations/"


@pytest.fixture
def cast(db):
    with time_machine.travel(NOON, tick=False):
        yield Cast()


def page_of(who, allegation, status=200):
    response = browse(who).get(reverse("my_allegation", args=[allegation.pk]))
    assert response.status_code == status
    return text(response)


def reply(who, allegation, words="当时在带另一组客户"):
    return browse(who).post(reverse("my_allegation_reply", args=[allegation.pk]), {"text": words})


def test_nothing_is_shown_before_the_person_is_told(cast):
    case = cast.investigating()
    page_of(cast.seller, case.allegations.get(), 404)
    assert "没有关于您的反映" in text(browse(cast.seller).get(LIST))


def test_the_person_reads_the_statement_and_not_who_said_it(cast):
    case = cast.investigating(text="三栋林女士的原话", contact=Contact("林女士", "13800000001", "lin@a.cn"))
    case.allegations.update(statement="接待时不耐烦")
    page = page_of(cast.seller, cast.told(case))
    assert "接待时不耐烦" in page and "下结论之前，您可以说明情况" in page
    for secret in ("林", "1380000", "138*", "lin@a.cn", "三栋", case.number):
        assert secret not in page, secret


def test_the_reply_reaches_those_who_look_into_it_once(cast):
    case = cast.investigating()
    allegation = cast.told(case)
    assert reply(cast.seller, allegation).status_code == 302
    assert "当时在带另一组客户" in page_of(cast.seller, allegation)
    assert "当时在带另一组客户" in text(browse(cast.hr).get(f"/cases/{case.pk}/"))
    assert reply(cast.seller, allegation, "再说一次").status_code == 409
    assert Allegation.objects.get(pk=allegation.pk).reply == "当时在带另一组客户"


def test_an_empty_reply_is_named_beside_the_field(cast):
    allegation = cast.told(cast.investigating())
    response = reply(cast.seller, allegation, " ")
    assert response.status_code == 422 and "写下您的说明。" in text(response)
    assert Allegation.objects.get(pk=allegation.pk).replied_at is None


def test_a_finding_shows_only_once_it_is_confirmed(cast):
    case = cast.investigating()
    allegation = cast.told(case)
    case = cast.propose(case)
    page = page_of(cast.seller, allegation)
    assert "属实" not in page and "监控与两位同事" not in page
    case = cast.confirm(case)
    page = page_of(cast.seller, allegation)
    assert "结论：属实" in page and "监控与两位同事的说法一致" in page
    assert f"/my/appeals/new/finding/{case.findings.get().pk}/" in page


def test_a_case_that_is_reopened_takes_the_finding_off_the_page(cast):
    case = cast.investigating()
    allegation = cast.told(case)
    case = cast.confirm(cast.propose(case))
    from complaints.services.closing import answer

    answer(case, text="已处理", by=cast.handler.user, at=at())
    tracking.reopen(case, reason="没有解决", at=at(2026, 11, 5))
    assert "结论：属实" not in page_of(cast.seller, allegation)


def test_nobody_else_opens_it(cast):
    allegation = cast.told(cast.investigating())
    for who in (cast.colleague, cast.head):
        page_of(who, allegation, 404)
        assert reply(who, allegation).status_code == 404
    page_of(cast.auditor, allegation, 403)
    page_of(Cast("other", "别的公司").seller, allegation, 404)


def test_internal_reports_are_never_shown_to_the_person(cast):
    case = cast.receive(cast.seller, kind=Kind.REPORT, contact=Contact())
    Allegation.objects.update(told_at=at())
    page_of(cast.seller, case.allegations.get(), 404)
    assert "没有关于您的反映" in text(browse(cast.seller).get(LIST))


def test_merged_matters_appear_once(cast):
    first, second = cast.accepted(cast.seller), cast.accepted(cast.seller)
    told = cast.told(second)
    relations.merge(second, into=first, reason="同一件事", by=cast.handler.user, at=at())
    assert len(browse(cast.seller).get(LIST).context["rows"]) == 1
    goes_on = reverse("my_allegation", args=[first.allegations.get().pk])
    assert browse(cast.seller).get(reverse("my_allegation", args=[told.pk])).url == goes_on


def test_statement_and_reply_are_never_markup(cast):
    case = cast.accepted()
    named = people.name_person(case, employee=cast.seller, statement=XSS, by=cast.handler.user, at=at())
    people.tell_person(named, by=cast.handler.user, at=at())
    reply(cast.seller, named, XSS)
    pages = page_of(cast.seller, named) + text(browse(cast.seller).get(LIST))
    assert "<script>alert" not in pages and "<img src=x" not in pages
