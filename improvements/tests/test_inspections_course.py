"""From the plan to the last verified measure: RE-5.1a, and who may not do what."""

import datetime as dt

import pytest

from audit.models import AuditRow
from core.facts import facts_between
from core.flow import Refused
from core.registries import verifications
from improvements.models import Inspection, InspectionFact, InspectionFinding
from improvements.selectors.inspections import turns
from improvements.services import inspection_clocks as clocks
from improvements.services import inspection_facts as facts
from improvements.services import inspection_findings as findings
from improvements.services import inspections as services
from improvements.tests.build_inspections import INSPECT, MORNING, PHOTO, new_office
from notifications.models import Message
from tests import factories
from tests.factories import at


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def office(db):
    return new_office()


def violations():
    return [text for name, check in verifications.items() if "inspection" in name for text in check()]


def told(kind):
    return set(
        Message.objects.filter(kind=f"improvements.inspection_{kind}", channel="inbox").values_list(
            "recipient__name", flat=True
        )
    )


def test_planning_copies_the_checklist_and_tells_inspector_and_head(office):
    inspection = office.planned(by=office.hr)
    assert [item.code for item in inspection.items.all()] == ["known", "recorded", "answered"]
    assert inspection.checklist["clause_number"] == "第 5.1 条（一）" and inspection.number.startswith(
        "XC-2611-"
    )
    assert told("planned") == {"李强"}


def test_the_score_leaves_out_what_does_not_apply(office):
    inspection = office.submitted({"known": "na", "recorded": "partly"})
    assert (inspection.points, inspection.possible) == (650_000, 80)
    assert inspection.score_bp == inspection.submitted_bp == 8125 and inspection.has_passed
    assert violations() == []


def test_nothing_that_applies_gives_no_score(office):
    inspection = office.submitted(dict.fromkeys(("known", "recorded", "answered"), "na"))
    assert inspection.score_bp is None and inspection.has_passed is None and violations() == []


def test_each_fault_is_one_finding_and_the_head_hears_of_it(office):
    inspection = office.submitted({"recorded": "partly", "answered": "not_met"})
    assert [finding.item.code for finding in inspection.findings.all()] == ["recorded", "answered"]
    assert told("submitted") == {"李强"}


def test_an_inspection_without_all_items_is_not_submitted(office):
    inspection = office.begun()
    with pytest.raises(Refused, match="3 项"):
        services.submit_inspection(inspection, summary="", by=office.hr, at=MORNING)
    assert Inspection.objects.get().state == "under_way"


def test_a_fault_needs_words(office):
    inspection = office.marked()
    item = inspection.items.get(code="recorded")
    services.mark_item(item, result="not_met", note=" ", by=office.hr, at=MORNING)
    with pytest.raises(Refused, match="客户意见全部登记"):
        services.submit_inspection(inspection, summary="", by=office.hr, at=MORNING)


def may_inspect_too(office, user):
    role = factories.make_role(office.company, f"inspect-{user.pk}", INSPECT)
    factories.grant(user, role)
    return type(user).objects.get(pk=user.pk)


@pytest.mark.parametrize("who", ["head", "wang", "above"])
def test_nobody_inspects_the_department_they_work_in_or_stand_above(office, who):
    above = factories.make_employee(office.sales, "何军", is_head=True)
    office.login(above)
    user = {"head": office.head, "wang": office.wang.user, "above": above.user}[who]
    user = may_inspect_too(office, user)
    with pytest.raises(Refused) as refused:
        services.plan_inspection(
            department=office.first, checklist="service", inspectors=[user.employee],
            planned_on=MORNING.date(), by=office.hr, at=MORNING,
        )  # fmt: skip
    assert refused.value.code == "own_line" and not Inspection.objects.exists()


def test_the_head_of_another_department_may(office):
    user = may_inspect_too(office, office.other_head)
    assert office.planned(by=user).inspectors.get().employee == user.employee


def test_whoever_was_moved_into_the_department_no_longer_inspects_it(office):
    inspection = office.planned()
    place = office.hr.employee.assignments.get()
    place.ends_on = MORNING.date() - dt.timedelta(days=1)
    place.save()
    office.hr.employee.assignments.create(department=office.first, post=place.post, starts_on=MORNING.date())
    with pytest.raises(Refused):
        services.begin_inspection(inspection, by=office.hr, at=MORNING)


def test_only_those_named_mark_it(office):
    inspection = office.begun()
    with pytest.raises(Refused):
        services.mark_item(inspection.items.first(), result="met", note="", by=office.other_hr, at=MORNING)


def test_of_the_leading_group_s_checklist_only_its_members_are_inspectors(office):
    with pytest.raises(Refused) as refused:
        office.planned(checklist="care", by=office.hr)
    assert refused.value.field == "inspectors"
    assert office.planned(checklist="care", by=office.chair)


def test_a_department_has_one_inspection_ahead_per_checklist(office):
    office.planned()
    with pytest.raises(Refused) as refused:
        office.planned()
    assert refused.value.field == "department" and Inspection.objects.count() == 1


def test_all_due_departments_are_planned_at_once(office):
    keys = [one.key for one in turns(office.company, MORNING.date()) if one.is_due]
    assert len(keys) == 4
    made = services.plan_due(
        company=office.company, keys=keys, inspectors=[office.hr.employee, office.chair.employee],
        planned_on=MORNING.date(), by=office.hr, at=MORNING,
    )  # fmt: skip
    people = {(one.department.code, one.checklist_code): one.inspectors.count() for one in made}
    assert people == {
        ("sales-1", "service"): 2, ("sales-2", "service"): 2, ("sales-1", "care"): 1, ("sales-2", "care"): 1,
    }  # fmt: skip
    assert not any(one.is_due for one in turns(office.company, MORNING.date()))


def test_a_department_is_due_again_after_the_months_of_the_policy(office):
    office.submitted()
    turn = next(
        one for one in turns(office.company, dt.date(2027, 2, 5)) if one.key == f"service:{office.first.pk}"
    )
    assert turn.due_on == dt.date(2027, 2, 4) and turn.is_overdue
    turn = next(
        one for one in turns(office.company, dt.date(2027, 1, 5)) if one.key == f"service:{office.first.pk}"
    )
    assert not turn.is_due


def test_the_head_answers_each_finding_with_its_own_word(office):
    inspection = office.submitted({"recorded": "not_met"})
    with pytest.raises(Refused) as refused:
        findings.answer_inspection(inspection, comment="", answers={}, by=office.head, at=MORNING)
    assert refused.value.field.endswith("-agrees") and Inspection.objects.get().state == "submitted"


def test_another_head_does_not_answer(office):
    inspection = office.submitted()
    with pytest.raises(Refused):
        findings.answer_inspection(inspection, comment="", answers={}, by=office.other_head, at=MORNING)


def test_a_fault_without_follow_up_is_noted_and_the_inspection_closes(office):
    inspection = office.answered({"known": "not_met"})
    assert inspection.findings.get().state == "noted" and inspection.state == "closed"


def test_a_measure_runs_until_it_is_done_with_proof_and_verified_by_another(office):
    finding = office.done()
    assert told("done") == {"陈静"}
    findings.verify_measure(finding, note="", by=office.other_hr, at=MORNING)
    assert Inspection.objects.get().state == "closed" and violations() == []


def test_a_measure_without_proof_is_not_done(office):
    inspection = office.answered({"recorded": "not_met"})
    with pytest.raises(Refused) as refused:
        findings.finish_measure(
            inspection.findings.get(), text="做了", files=[], by=office.wang.user, at=MORNING
        )
    assert refused.value.field == "files"


def test_nobody_of_the_department_and_nobody_who_did_it_verifies(office):
    finding = office.done()
    for user in (may_inspect_too(office, office.head), may_inspect_too(office, office.wang.user)):
        with pytest.raises(Refused) as refused:
            findings.verify_measure(finding, note="", by=user, at=MORNING)
        assert refused.value.code == "four_eyes"
    assert InspectionFinding.objects.get().state == "done"


def test_a_measure_sent_back_says_what_is_missing_and_keeps_its_day(office):
    finding = office.done()
    findings.send_back_measure(finding, note="照片看不清", by=office.hr, at=MORNING)
    again = InspectionFinding.objects.get()
    assert (again.state, again.check_note, again.due_at) == ("running", "照片看不清", finding.due_at)
    assert told("sent_back") == {"李强", "王丽"}


def test_the_last_day_of_a_measure_is_not_later_than_the_policy_allows(office):
    inspection = office.submitted({"recorded": "not_met"})
    finding = inspection.findings.get()
    given = {"agrees": True, "measure": "补登", "owner": office.wang, "due_on": dt.date(2027, 1, 4)}
    with pytest.raises(Refused) as refused:
        findings.answer_inspection(
            inspection, comment="", answers={finding.pk: given}, by=office.head, at=MORNING
        )
    assert refused.value.field == f"{finding.pk}-due_on"


def test_a_dispute_that_is_upheld_wants_a_measure(office):
    inspection = office.answered({"recorded": "not_met"}, disputed=("recorded",))
    finding = findings.uphold_finding(
        inspection.findings.get(), reason="系统当天正常", by=office.hr, at=MORNING
    )
    assert finding.state == "wanted" and Inspection.objects.get().state == "answered"
    findings.set_measure(finding, measure="补登", owner=office.wang, due_on=None, by=office.head, at=MORNING)
    assert InspectionFinding.objects.get().state == "running"


def test_a_withdrawn_finding_counts_as_met_and_the_first_score_is_kept(office):
    inspection = office.answered({"recorded": "not_met"}, disputed=("recorded",))
    findings.withdraw_finding(inspection.findings.get(), reason="确有停机记录", by=office.hr, at=MORNING)
    now = Inspection.objects.get()
    assert (now.submitted_bp, now.score_bp, now.state) == (7000, 10_000, "closed") and violations() == []


def test_the_head_does_not_settle_their_own_dispute(office):
    inspection = office.answered({"recorded": "not_met"}, disputed=("recorded",))
    with pytest.raises(Refused):
        findings.withdraw_finding(
            inspection.findings.get(), reason="是这样", by=may_inspect_too(office, office.head), at=MORNING
        )


def test_a_fault_found_again_is_marked_as_repeated(office):
    first = office.answered({"recorded": "not_met"})
    again = office.submitted({"recorded": "partly", "answered": "partly"}, moment=at(2027, 2, 4, 9))
    repeated = {finding.item.code: finding.repeats for finding in again.findings.all()}
    assert repeated == {"recorded": first.findings.get(), "answered": None}


def test_without_an_answer_hr_goes_on_only_after_the_last_day(office):
    inspection = office.submitted({"recorded": "not_met", "known": "partly"})
    with pytest.raises(Refused):
        findings.go_on(inspection, reason="未答复", by=office.hr, at=MORNING)
    findings.go_on(inspection, reason="未答复", by=office.hr, at=at(2026, 11, 12))
    assert dict(inspection.findings.values_list("item__code", "state")) == {
        "known": "noted",
        "recorded": "wanted",
    }
    assert not inspection.findings.filter(agrees=True).exists()


def test_answers_and_measures_are_warned_of_once_and_reminded_once(office):
    office.submitted({"recorded": "not_met"})
    moments = [at(2026, 11, day, 9) for day in (5, 9, 10, 11, 12, 13)]
    assert [clocks.watch_inspections(moment) for moment in moments] == [0, 1, 0, 0, 1, 0]
    assert told("answer_soon") == {"李强"} and told("answer_late") == {"李强", "陈静"}


def test_an_overdue_measure_is_reminded_once(office):
    office.answered({"recorded": "not_met"})
    late = [clocks.watch_inspections(at(2026, 11, day, 9)) for day in (19, 20)]
    assert late == [1, 0] and told("measure_late") == {"李强", "王丽", "陈静"}
    assert InspectionFinding.objects.overdue(at(2026, 11, 19)).count() == 1


def test_a_cancelled_inspection_keeps_its_reason_and_leaves_room_for_another(office):
    inspection = office.planned()
    with pytest.raises(Refused):
        services.cancel_inspection(inspection, reason="", by=office.hr, at=MORNING)
    services.cancel_inspection(inspection, reason="部门集中培训", by=office.hr, at=MORNING)
    assert Inspection.objects.get().reason == "部门集中培训" and office.planned()


def test_a_named_fault_is_a_fact_once_a_second_person_confirms_it(office):
    office.submitted({"files": "not_met"}, checklist="care", named=office.fang)
    fact = InspectionFact.objects.get()
    assert told("fact") == {"陈静", "许岚", "孙悦"}
    with pytest.raises(Refused):
        facts.confirm_fact(fact, by=office.chair, at=MORNING)
    facts.confirm_fact(fact, by=office.hr, at=MORNING)
    (found,) = facts_between(office.company, kind="data_error", since=at(2026, 11, 1), until=at(2026, 12, 1))
    assert (found.key, found.employee_id) == (f"inspection_finding:{fact.finding_id}", office.fang.pk)
    assert set(found.verified_by) == {office.chair.pk, office.hr.pk} and violations() == []


def test_the_named_colleague_and_the_department_do_not_confirm(office):
    office.submitted({"files": "not_met"}, checklist="care", named=office.fang)
    for user in (office.fang.user, office.head, office.wang.user):
        with pytest.raises(Refused):
            facts.confirm_fact(InspectionFact.objects.get(), by=may_inspect_too(office, user), at=MORNING)


def test_a_declined_fault_is_no_fact(office):
    office.submitted({"files": "not_met"}, checklist="care", named=office.fang)
    facts.decline_fact(InspectionFact.objects.get(), reason="不是他录的", by=office.hr, at=MORNING)
    assert not facts_between(office.company, kind="data_error", since=at(2026, 11, 1), until=at(2026, 12, 1))


def test_a_withdrawn_finding_withdraws_its_fact(office):
    inspection = office.answered(
        {"files": "not_met"}, checklist="care", named=office.fang, disputed=("files",)
    )
    facts.confirm_fact(InspectionFact.objects.get(), by=office.hr, at=MORNING)
    findings.withdraw_finding(
        inspection.findings.get(), reason="资料其实是对的", by=office.member, at=MORNING
    )
    assert not facts_between(office.company, kind="data_error", since=at(2026, 11, 1), until=at(2026, 12, 1))
    assert InspectionFact.objects.get().state == "withdrawn" and violations() == []


def test_only_people_of_the_department_are_named(office):
    inspection = office.begun(checklist="care")
    item = inspection.items.get(code="files")
    with pytest.raises(Refused) as refused:
        services.mark_item(
            item, result="not_met", note="错", employee=office.hr.employee, by=office.chair, at=MORNING
        )
    assert refused.value.field == "employee"


def test_photos_of_an_item_are_kept_up_to_the_policy_s_number(office):
    item = office.begun().items.first()
    services.mark_item(item, result="met", note="", files=[PHOTO], by=office.hr, at=MORNING)
    with pytest.raises(Refused) as refused:
        services.mark_item(item, result="met", note="", files=[PHOTO, PHOTO], by=office.hr, at=MORNING)
    assert refused.value.field == "files" and item.files.count() == 1


def test_the_audit_log_holds_codes_and_no_words(office):
    finding = office.done()
    findings.verify_measure(finding, note="看过了", by=office.hr, at=MORNING)
    rows = AuditRow.objects.filter(verb__startswith="improvements.")
    assert {"improvements.inspection.submit", "improvements.inspectionfinding.verify"} <= {
        row.verb for row in rows
    }
    words = " ".join(str(row.data) for row in rows)
    assert not any(word in words for word in ("抽查", "补登", "看过", "王丽", "登记"))


def test_verify_finds_a_score_changed_by_hand(office):
    inspection = office.submitted({"recorded": "not_met"})
    Inspection.objects.filter(pk=inspection.pk).update(score_bp=9900)
    assert len(violations()) == 1


def test_verify_finds_an_inspector_of_the_department(office):
    inspection = office.submitted()
    inspection.inspectors.update(employee=office.wang)
    assert len(violations()) == 1
