"""Somebody named by mistake leaves the case; nobody is quietly dropped who was told or of whom something was found."""

import pytest
from django.urls import reverse

from audit.models import AuditRow
from complaints.models import Case, Entry
from complaints.services import handling, people
from complaints.tests.build_b import Cast
from core.flow import Refused
from tests.factories import at

WHY = "是同名的另一位同事"


@pytest.fixture
def cast(db):
    return Cast()


def take_out(case, by, name):
    return people.take_out(case.allegations.get(employee=name), reason=WHY, by=by.user, at=at())


def test_who_was_named_by_mistake_leaves_and_the_record_says_who_and_why(cast):
    case = cast.accepted(cast.seller, cast.second_handler)
    take_out(case, cast.handler, cast.second_handler)
    assert [one.employee for one in case.allegations.all()] == [cast.seller]
    assert AuditRow.objects.get(verb="complaints.case.unnamed").data["employee"] == cast.second_handler.pk
    said = case.entries.get(kind=Entry.Kind.REASON)
    assert (said.text, said.is_public) == (f"移出吴倩：{WHY}", False)
    user = type(cast.second_handler.user).objects.get(pk=cast.second_handler.user.pk)
    assert case in Case.objects.visible_to(user)


@pytest.mark.parametrize("known", ["told", "noted", "found"])
def test_who_was_told_or_written_of_is_judged_instead(cast, known):
    case = cast.investigating(cast.seller, cast.colleague)
    allegation = case.allegations.get(employee=cast.seller)
    if known == "told":
        people.tell_person(allegation, by=cast.hr.user, at=at())
    elif known == "noted":
        handling.write_entry(
            case, kind=Entry.Kind.INTERVIEW, text="谈话", about=allegation, by=cast.hr.user, at=at()
        )
    else:
        cast.propose(case)
    with pytest.raises(Refused):
        take_out(case, cast.handler, cast.seller)
    assert case.allegations.count() == 2


def test_neither_oneself_nor_the_direct_superior_takes_somebody_out(cast):
    lead = cast.hire(cast.service, "高敏", "service", is_head=True)
    case = cast.receive(cast.second_handler)
    for by in (cast.second_handler, lead):
        with pytest.raises(Refused):
            take_out(case, by, cast.second_handler)
    assert case.allegations.count() == 1


def test_a_reason_is_asked_for_beside_its_field_and_the_page_no_longer_names_the_person(cast, client):
    case = cast.accepted(cast.seller)
    client.force_login(cast.handler.user)
    address = reverse("case_take_out", args=[case.pk, case.allegations.get().pk])
    page = client.post(address, {"reason": ""})
    assert page.status_code == 422
    assert "请写明这个人为什么不该列在这里。" in page.content.decode()
    assert client.post(address, {"reason": WHY}).status_code == 302
    assert not case.allegations.exists()
    assert client.post(address, {"reason": WHY}).status_code == 404
