"""Write paths of inspections for the fault sweep (tests/test_faults.py)."""

from core.faults import WritePath
from core.registries import write_paths
from improvements.models import InspectionFact
from improvements.selectors.inspections import turns
from improvements.services import inspection_clocks as clocks
from improvements.services import inspection_facts as facts
from improvements.services import inspection_findings as findings
from improvements.services import inspections as services
from improvements.tests.build_inspections import MORNING, PHOTO, new_office
from tests.factories import at


def office():
    return new_office()


def ready():
    found = office()
    return found.first, [found.hr.employee], found.hr


def due():
    found = office()
    keys = [one.key for one in turns(found.company, MORNING.date()) if one.checklist.code == "service"]
    return found.company, keys, found.hr


def planned():
    inspection = office().planned()
    return inspection, inspection.planned_by


def item():
    inspection = office().begun(checklist="care")
    return inspection.items.get(code="files"), inspection.planned_by


def marked():
    found = office()
    inspection = found.marked({"files": "not_met"}, checklist="care", named=found.fang)
    return inspection, inspection.planned_by


def to_answer():
    found = office()
    return found.submitted({"recorded": "not_met", "known": "partly"}), found.head, found.wang


def late():
    found = office()
    return found.submitted({"recorded": "not_met"}), found.hr


def disputed():
    found = office()
    inspection = found.answered({"files": "not_met"}, checklist="care", named=found.fang, disputed=("files",))
    facts.confirm_fact(InspectionFact.objects.get(), by=found.hr, at=MORNING)
    return inspection.findings.get(), found.hr


def wanted():
    finding, user = disputed()
    findings.uphold_finding(finding, reason="成立", by=user, at=MORNING)
    return finding, finding.fact.employee, user


def running():
    found = office()
    return found.answered({"recorded": "not_met"}).findings.get(), found.wang.user


def done():
    found = office()
    return found.done(), found.hr


def named():
    found = office()
    found.submitted({"files": "not_met"}, checklist="care", named=found.fang)
    return InspectionFact.objects.get(), found.hr


def answer(inspection, head, owner):
    answers = {
        one.pk: {"agrees": True, "measure": "补登", "owner": owner}
        for one in inspection.findings.order_by("pk")
    }
    findings.answer_inspection(inspection, comment="已知", answers=answers, by=head, at=MORNING)


PATHS = {
    "plan_inspection": (
        ready,
        lambda place, people, user: services.plan_inspection(
            department=place,
            checklist="service",
            inspectors=people,
            planned_on=MORNING.date(),
            by=user,
            at=MORNING,
        ),
    ),
    "plan_due": (
        due,
        lambda company, keys, user: services.plan_due(
            company=company,
            keys=keys,
            inspectors=[user.employee],
            planned_on=MORNING.date(),
            by=user,
            at=MORNING,
        ),
    ),
    "begin_inspection": (planned, lambda one, user: services.begin_inspection(one, by=user, at=MORNING)),
    "mark_item": (
        item,
        lambda one, user: services.mark_item(
            one, result="partly", note="两份不一致", files=[PHOTO], by=user, at=MORNING
        ),
    ),
    "submit_inspection": (
        marked,
        lambda one, user: services.submit_inspection(one, summary="有序", by=user, at=MORNING),
    ),
    "cancel_inspection": (
        planned,
        lambda one, user: services.cancel_inspection(one, reason="改期", by=user, at=MORNING),
    ),
    "answer_inspection": (to_answer, answer),
    "go_on": (late, lambda one, user: findings.go_on(one, reason="未答复", by=user, at=at(2026, 11, 20))),
    "uphold_finding": (
        disputed,
        lambda one, user: findings.uphold_finding(one, reason="成立", by=user, at=MORNING),
    ),
    "withdraw_finding": (
        disputed,
        lambda one, user: findings.withdraw_finding(one, reason="不成立", by=user, at=MORNING),
    ),
    "set_measure": (
        wanted,
        lambda one, owner, user: findings.set_measure(
            one, measure="核对", owner=owner, due_on=None, by=user, at=MORNING
        ),
    ),
    "finish_measure": (
        running,
        lambda one, user: findings.finish_measure(one, text="已补", files=[PHOTO], by=user, at=MORNING),
    ),
    "verify_measure": (done, lambda one, user: findings.verify_measure(one, note="", by=user, at=MORNING)),
    "send_back_measure": (
        done,
        lambda one, user: findings.send_back_measure(one, note="不清楚", by=user, at=MORNING),
    ),
    "confirm_fact": (named, lambda one, user: facts.confirm_fact(one, by=user, at=MORNING)),
    "decline_fact": (named, lambda one, user: facts.decline_fact(one, reason="不是", by=user, at=MORNING)),
    "watch_inspections": (
        lambda: late()[:0],
        lambda: clocks.watch_inspections(at(2026, 11, 20)),
    ),
}

for name, (arrange, act) in PATHS.items():
    write_paths.register(f"improvements.{name}", WritePath(arrange, act))
