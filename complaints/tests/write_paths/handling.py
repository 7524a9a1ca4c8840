"""Triage, investigation, people, relations, findings, and the ticks of the clocks."""

import datetime as dt

from complaints.models import CaseLink, Entry
from complaints.services import deadlines, findings, handling, people, relations
from complaints.tests.build_b import CLASSES, FAULT, Cast
from core.faults import WritePath
from core.registries import write_paths
from tests import factories
from tests.factories import at

LATE = at(2026, 12, 24)


def at_case(state, *names, also=()):
    """A case in that state which names these people of the cast, and further people of the cast who act."""

    def arrange():
        cast = Cast()
        case = getattr(cast, state)(*(getattr(cast, name) for name in names))
        return case, *(getattr(cast, who).user for who in also or ("handler",))

    return arrange


def two(state="accepted", other="accepted"):
    def arrange():
        cast = Cast()
        return getattr(cast, state)(cast.seller), getattr(cast, other)(cast.colleague), cast.handler.user

    return arrange


def with_allegation(is_told):
    def arrange():
        cast = Cast()
        case = cast.investigating(cast.seller)
        allegation = cast.told(case) if is_told else case.allegations.get()
        return allegation, (cast.seller if is_told else cast.hr).user

    return arrange


def with_customer():
    case, by = at_case("accepted")()
    customer = factories.make_customer(case.company, "赵先生", "13900000009")
    return case, by, customer


def known_customer():
    case, by, customer = with_customer()
    people.attach_customer(case, customer=customer, by=by, at=at())
    return case, by


def with_answer():
    from complaints.tests.test_findings_facts import answer_of

    case, by = at_case("accepted")()
    cast_seller = case.company.employees.get(name="王丽")
    return case, by, answer_of(case.company, cast_seller)


def waiting():
    case, by = at_case("investigating", also=("hr",))()
    return handling.ask(case, question="是哪一天的事", by=by, at=at()), by


def merged():
    case, into, by = two()()
    relations.merge(case, into=into, reason="同一件事", by=by, at=at())
    return type(case).objects.get(pk=case.pk), by


def held():
    case, by = at_case("accepted")()
    return handling.hold(case, reason="客户已起诉", by=by, at=at()), by


def accept(case, by):
    handling.accept(
        case,
        by=by,
        at=at(),
        handler=by.employee,
        department=case.company.departments.get(code="sales-1"),
        **CLASSES,
    )


def propose(case, by):
    drafts = [findings.Draft(one, **FAULT) for one in case.allegations.all()]
    findings.propose(case, drafts=drafts, by=by, at=at())


def evidence(case, by):
    handling.write_entry(case, kind=Entry.Kind.EVIDENCE, text="登记表", by=by, at=at())


def name_another(case, by):
    colleague = case.company.employees.get(name="许诺")
    people.name_person(case, employee=colleague, statement="也在场", by=by, at=at())


SOON = at() + dt.timedelta(days=7)
PATHS = {
    "accept": (at_case("receive", "seller"), accept),
    "decline": (
        at_case("receive"),
        lambda case, by: handling.decline(case, reason="不是我们的项目", by=by, at=at()),
    ),
    "classify": (
        at_case("accepted"),
        lambda case, by: handling.classify(case, by=by, at=at(), **CLASSES | {"class_code": "complex"}),
    ),
    "assign": (
        at_case("accepted", also=("second_handler",)),
        lambda case, by: handling.assign(case, handler=by.employee, by=by, at=at()),
    ),
    "investigate": (
        at_case("accepted", "seller", also=("hr",)),
        lambda case, by: handling.investigate(case, investigator=by.employee, by=by, at=at()),
    ),
    "ask": (
        at_case("investigating", also=("hr",)),
        lambda case, by: handling.ask(case, question="是哪一天的事", by=by, at=at()),
    ),
    "resume": (waiting, lambda case, by: handling.resume(case, by=by, at=SOON)),
    "escalate": (at_case("accepted"), lambda case, by: deadlines.escalate(case, LATE)),
    "escalate_first": (at_case("receive"), lambda case, by: deadlines.escalate_first(case, SOON)),
    "warn": (at_case("accepted"), lambda case, by: deadlines.warn(case, SOON)),
    "extend": (
        at_case("investigating", also=("hr",)),
        lambda case, by: handling.extend(case, reason="还要等检测报告", by=by, at=at()),
    ),
    "write_entry": (at_case("investigating", also=("hr",)), evidence),
    "hold": (at_case("accepted"), lambda case, by: handling.hold(case, reason="客户已起诉", by=by, at=at())),
    "release": (held, lambda case, by: handling.release(case, reason="诉讼已撤回", by=by, at=at())),
    "set_topics": (
        at_case("accepted"),
        lambda case, by: handling.set_topics(case, codes=["parking"], by=by, at=at()),
    ),
    "name_person": (at_case("investigating", "seller"), name_another),
    "take_out": (
        with_allegation(False),
        lambda one, by: people.take_out(one, reason="同名的另一位同事", by=by, at=at()),
    ),
    "tell_person": (with_allegation(False), lambda one, by: people.tell_person(one, by=by, at=at())),
    "reply": (
        with_allegation(True),
        lambda one, by: people.reply(one, text="当时在接待别人", by=by, at=at()),
    ),
    "attach_customer": (
        with_customer,
        lambda case, by, customer: people.attach_customer(case, customer=customer, by=by, at=at()),
    ),
    "unmask": (known_customer, lambda case, by: people.unmask(case, reason="客户来电核对", by=by, at=at())),
    "merge": (
        two(),
        lambda case, into, by: relations.merge(case, into=into, reason="同一件事", by=by, at=at()),
    ),
    "unmerge": (
        merged,
        lambda case, by: relations.unmerge(case, reason="是两件事", by=by, at=at()),
    ),
    "split": (
        at_case("accepted"),
        lambda case, by: relations.split(case, text="另外退款没到账", by=by, at=at()),
    ),
    "follow_up": (
        at_case("answered", "seller"),
        lambda case, by: relations.follow_up(case, text="又发生了一次", by=by, at=at()),
    ),
    "link": (
        two(),
        lambda one, other, by: relations.link(one, other, kind=CaseLink.Kind.RELATED, by=by, at=at()),
    ),
    "link_answer": (
        with_answer,
        lambda case, by, answer: relations.link_answer(case, answer=answer, by=by, at=at()),
    ),
    "propose": (at_case("investigating", "seller", also=("hr",)), propose),
    "confirm": (
        at_case("proposed", "seller", also=("member",)),
        lambda case, by: findings.confirm(case, by=by, at=at()),
    ),
    "send_back": (
        at_case("proposed", "seller", also=("member",)),
        lambda case, by: findings.send_back(case, reason="证据还不够", by=by, at=at()),
    ),
}

for name, (arrange, act) in PATHS.items():
    if f"complaints.{name}" not in write_paths:
        write_paths.register(f"complaints.{name}", WritePath(arrange, act))
