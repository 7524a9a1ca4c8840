"""Who finds which case, in lists, search, timeline and inbox: each kind of user, by the roles of the book."""

import pytest

from complaints import selectors
from complaints.models import Allegation, Case, Channel, Finding, Kind
from complaints.services import handling, people, relations
from complaints.services.intake import Contact
from complaints.tests.build_b import Cast
from core.flow import Refused
from core.navigation import inbox_for
from organization.models import Role
from tests import factories
from tests.factories import at

SOON = at(2026, 11, 5)


@pytest.fixture
def cast(db):
    return Cast()


def seen_by(employee, kind=None):
    """Cases as a fresh request of this colleague finds them."""
    user = type(employee.user).objects.get(pk=employee.user_id)
    found = Case.objects.visible_to(user)
    return set(found.filter(kind=kind) if kind else found)


def user_of(employee):
    return type(employee.user).objects.get(pk=employee.user_id)


def inbox(cast, employee, moment=SOON):
    items = inbox_for(user_of(employee), cast.company, moment)
    return {item.title: item for item in items if item.kind.startswith("complaints.")}


def may_also(cast, employee, role):
    factories.grant(employee.user, Role.objects.get(company=cast.company, code=role))


# ---- who sees a case


def test_service_hr_group_and_audit_see_every_voice_of_the_company(cast):
    cases = {cast.receive(), cast.accepted(cast.seller), cast.receive(kind=Kind.PRAISE)}
    for employee in (cast.handler, cast.hr, cast.member, cast.auditor):
        assert seen_by(employee) == cases, employee.name


def test_colleagues_without_a_part_in_it_see_nothing(cast):
    cast.accepted(cast.seller)
    for employee in (cast.seller, cast.colleague, cast.reader):
        assert seen_by(employee) == set(), employee.name


def test_a_head_sees_what_is_said_of_their_people_or_given_to_their_department(cast):
    about_them = cast.accepted(cast.seller, fields={"department": cast.service})
    given_to_them = cast.accepted(fields={"department": cast.sales})
    cast.accepted(fields={"department": cast.service})
    assert seen_by(cast.head) == {about_them, given_to_them}
    assert seen_by(cast.other_head) == set()


def test_a_head_sees_the_department_where_the_person_worked_then(cast):
    import datetime as dt

    cast.seller.assignments.update(ends_on=dt.date(2026, 11, 2))
    cast.seller.assignments.create(
        department=cast.other, post=cast.seller.assignments.first().post, starts_on=dt.date(2026, 11, 3)
    )
    case = cast.accepted(cast.seller, happened_on=dt.date(2026, 11, 1), fields={"department": cast.service})
    assert seen_by(cast.head) == {case}
    assert seen_by(cast.other_head) == set()


@pytest.mark.parametrize("who", ["handler", "hr", "member", "auditor", "head"])
def test_nobody_finds_a_case_that_names_them(cast, who):
    named = getattr(cast, who)
    case = cast.receive(named)
    assert case not in seen_by(named)
    others = {cast.second_handler, cast.second_hr} - {named}
    assert all(case in seen_by(other) for other in others)


def test_naming_somebody_later_takes_the_case_out_of_their_sight(cast):
    case = cast.accepted(cast.seller)
    assert case in seen_by(cast.second_handler)
    people.name_person(case, employee=cast.second_handler, statement="也在场", by=cast.handler.user, at=at())
    assert case not in seen_by(cast.second_handler)


def test_a_case_that_swallowed_one_naming_somebody_is_out_of_their_sight_too(cast):
    merged, leading = cast.accepted(cast.second_handler), cast.accepted(cast.seller)
    assert leading in seen_by(cast.second_handler)
    relations.merge(merged, into=leading, reason="同一件事", by=cast.handler.user, at=at())
    assert seen_by(cast.second_handler) == set()


def test_another_company_sees_nothing(cast):
    case, other = cast.accepted(cast.seller), Cast("other", "别家")
    for employee in (other.handler, other.hr, other.member, other.auditor, other.head, other.reader):
        assert seen_by(employee) == set(), employee.name
    assert selectors.search(user_of(other.handler), cast.company, case.number) == []


# ---- internal reports


@pytest.fixture
def report(cast):
    return cast.receive(cast.seller, kind=Kind.REPORT, channel=Channel.EMPLOYEE, contact=Contact())


def test_an_internal_report_is_seen_by_its_readers_only(cast, report):
    assert seen_by(cast.reader) == {report}
    for employee in (cast.handler, cast.hr, cast.member, cast.auditor, cast.head, cast.seller):
        assert seen_by(employee) == set(), employee.name


def test_a_reader_whom_the_report_names_does_not_see_it(cast):
    report = cast.receive(cast.reader, kind=Kind.REPORT)
    assert report not in seen_by(cast.reader)


def test_nobody_is_told_of_an_internal_report_about_them(cast, report):
    with pytest.raises(Refused, match="内部举报"):
        people.tell_person(report.allegations.get(), by=cast.reader.user, at=at())
    Allegation.objects.update(told_at=at())  # even if somebody had
    assert list(selectors.told_allegations(user_of(cast.seller))) == []
    assert inbox(cast, cast.seller) == {}


def test_an_internal_report_is_in_no_search_timeline_fact_or_inbox(cast, report):
    customer = factories.make_customer(cast.company)
    Case.objects.filter(pk=report.pk).update(customer=customer)
    assert selectors.search(user_of(cast.reader), cast.company, report.number) == []
    assert list(selectors.timeline(customer)) == []
    for employee in (cast.handler, cast.hr, cast.member):
        assert inbox(cast, employee) == {}


def test_only_readers_handle_an_internal_report(cast, report):
    fields = {"problem_type": "other", "severity": "serious", "department": cast.sales}
    with pytest.raises(Refused):
        handling.accept(report, by=cast.reader.user, at=at(), handler=cast.handler, **fields)
    handling.accept(report, by=cast.reader.user, at=at(), handler=cast.reader, **fields)
    with pytest.raises(Refused):
        handling.investigate(report, investigator=cast.hr, by=cast.reader.user, at=at())


# ---- the person named


def test_what_is_said_of_somebody_is_theirs_once_they_were_told(cast):
    case = cast.accepted(cast.seller)
    assert list(selectors.told_allegations(user_of(cast.seller))) == []
    allegation = cast.told(case)
    assert list(selectors.told_allegations(user_of(cast.seller))) == [allegation]
    assert list(selectors.told_allegations(user_of(cast.colleague))) == []
    assert case not in seen_by(cast.seller)


def test_what_the_person_is_told_says_nothing_of_the_customer(cast):
    from notifications.models import Message

    cast.told(cast.accepted(cast.seller))
    words = str(list(Message.objects.filter(recipient=cast.seller.user).values()))
    assert not any(word in words for word in ("林女士", "13800000001", "等了四十分钟", "TS-"))


def test_a_person_is_told_once_and_replies_once(cast):
    allegation = cast.told(cast.accepted(cast.seller))
    with pytest.raises(Refused):
        people.tell_person(allegation, by=cast.hr.user, at=at())
    people.reply(allegation, text="当时我在接待另一组客户", by=cast.seller.user, at=SOON)
    allegation.refresh_from_db()
    assert (allegation.reply, allegation.replied_at) == ("当时我在接待另一组客户", SOON)
    with pytest.raises(Refused):
        people.reply(allegation, text="补充一句", by=cast.seller.user, at=SOON)


def test_nobody_replies_for_another_or_before_being_told(cast):
    allegation = cast.accepted(cast.seller).allegations.get()
    with pytest.raises(Refused):
        people.reply(allegation, text="我认为", by=cast.seller.user, at=at())
    people.tell_person(allegation, by=cast.hr.user, at=at())
    with pytest.raises(Refused):
        people.reply(allegation, text="我认为", by=cast.colleague.user, at=at())


def test_a_reply_after_the_finding_was_confirmed_is_refused(cast):
    case = cast.investigating(cast.seller)
    allegation = cast.told(case)
    cast.confirm(cast.propose(case))
    with pytest.raises(Refused):
        people.reply(allegation, text="我认为", by=cast.seller.user, at=at())


def test_who_was_told_hears_when_it_was_judged_and_who_was_not_told_does_not(cast):
    from notifications.models import Message

    case = cast.investigating(cast.seller, cast.colleague)
    people.tell_person(case.allegations.get(employee=cast.seller), by=cast.hr.user, at=at())
    cast.confirm(cast.propose(case))
    assert [one.recipient for one in Message.objects.filter(kind="case_judged")] == [cast.seller.user]


# ---- who spoke


def test_name_and_number_are_shown_once_with_a_reason_that_is_kept(cast):
    from audit.models import AuditRow

    case = cast.accepted(cast.seller)
    with pytest.raises(Refused) as refusal:
        people.unmask(case, reason="", by=cast.handler.user, at=at())
    assert refusal.value.field == "reason"
    found = people.unmask(case, reason="客户来电核对", by=cast.handler.user, at=at())
    assert found == Contact("林女士", "13800000001", "")
    row = AuditRow.objects.get(verb="complaints.case.unmasked")
    assert (row.actor, row.object_id) == (cast.handler.user, case.pk)
    assert "13800000001" not in str(row.data)


def test_what_stands_in_the_customer_file_fills_what_was_not_left(cast):
    from customers.models import Disclosure

    customer = factories.make_customer(cast.company, email="lin@example.com")
    case = cast.accepted(contact=Contact())
    people.attach_customer(case, customer=customer, by=cast.handler.user, at=at())
    found = people.unmask(case, reason="客户来电核对", by=cast.handler.user, at=at())
    assert found == Contact("林女士", "13800000001", "lin@example.com")
    assert Disclosure.objects.get().reason == "客户来电核对"


def test_of_an_anonymous_voice_there_is_nothing_to_show(cast):
    case = cast.accepted(is_anonymous=True)
    with pytest.raises(Refused, match="匿名"):
        people.unmask(case, reason="客户来电核对", by=cast.handler.user, at=at())
    with pytest.raises(Refused, match="匿名"):
        people.attach_customer(
            case, customer=factories.make_customer(cast.company), by=cast.handler.user, at=at()
        )


def test_a_customer_of_another_company_is_not_attached(cast):
    stranger = factories.make_customer(factories.make_company("other", "别家"))
    with pytest.raises(Refused):
        people.attach_customer(cast.accepted(), customer=stranger, by=cast.handler.user, at=at())


# ---- naming


def test_naming_says_where_the_person_worked_and_takes_the_case_from_who_may_no_longer_have_it(cast):
    may_also(cast, cast.head, "hr")
    case = cast.investigate(cast.accepted(cast.colleague, fields={"handler": cast.second_handler}))
    people.name_person(
        case, employee=cast.second_handler, statement="催办时态度不好", by=cast.hr.user, at=at()
    )
    case.refresh_from_db()
    assert (case.handler, case.investigator) == (None, cast.hr)
    assert case.allegations.get(employee=cast.second_handler).department == cast.service
    people.name_person(case, employee=cast.hr, statement="拖延", by=cast.handler.user, at=at())
    case.refresh_from_db()
    assert case.investigator is None


def test_an_investigator_steps_back_when_one_of_their_people_is_named(cast):
    may_also(cast, cast.other_head, "hr")
    case = cast.investigate(cast.accepted(cast.seller), investigator=cast.other_head)
    theirs = cast.hire(cast.other, "周婷", "employee")
    people.name_person(case, employee=theirs, statement="也在场", by=cast.handler.user, at=at())
    case.refresh_from_db()
    assert case.investigator is None
    cast.propose(cast.investigate(case, investigator=cast.second_hr), by=cast.second_hr.user)
    assert Finding.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"statement": ""}, "statement"),
        ({"statement": "长" * 501}, "statement"),
        ({"employee": None}, "employee"),
    ],
)
def test_naming_nobody_or_nothing_is_refused_beside_its_field(cast, fields, field):
    given = {"employee": cast.seller, "statement": "没有接待"} | fields
    with pytest.raises(Refused) as refusal:
        people.name_person(cast.accepted(), by=cast.handler.user, at=at(), **given)
    assert refusal.value.field == field


def test_a_person_is_named_once(cast):
    with pytest.raises(Refused, match="已经在列"):
        people.name_person(
            cast.accepted(cast.seller),
            employee=cast.seller,
            statement="没有接待",
            by=cast.handler.user,
            at=at(),
        )


def test_nobody_names_themselves_and_praise_names_nobody(cast):
    with pytest.raises(Refused):
        people.name_person(
            cast.accepted(), employee=cast.handler, statement="是我", by=cast.handler.user, at=at()
        )
    with pytest.raises(Refused, match="份额"):
        people.name_person(
            cast.receive(kind=Kind.PRAISE),
            employee=cast.seller,
            statement="很好",
            by=cast.handler.user,
            at=at(),
        )


def test_findings_follow_the_visibility_of_their_case(cast):
    cast.confirmed(cast.seller)
    assert Finding.objects.visible_to(user_of(cast.hr)).count() == 1
    assert Finding.objects.visible_to(user_of(cast.reader)).count() == 0
