"""Write paths of this room for the fault sweep (tests/test_faults.py)."""

import datetime as dt

from approvals import services as approvals
from approvals.models import Motion
from core.faults import WritePath
from core.registries import write_paths
from incentives import services
from incentives.models import Decision, Talk, UnitHit
from incentives.tests.build import MONTHS, Stage, second_head
from incentives.tests.build_facts import Desk, Units, rule
from tests import factories
from tests.factories import at
from tests.replay import replayed

ONE_POINT = [{"kind": "points", "amount": -1}, {"kind": "admonishing_talk"}]


def stage():
    return replayed("incentives.stage", lambda: Stage(factories.make_company()))


def october():
    return replayed("incentives.october", _three_months)


def _three_months():
    found = stage()
    found.three_months()
    return found


def ranked():
    found = stage()
    return ([found.month(period) for period in MONTHS][-1],)


def case():
    found = october()
    return found.case_of(found.best), found.hr


def proposed(who="best"):
    found = october()
    return found.proposed(getattr(found, who)), found.hr


def called():
    found = october()
    hearing = services.call_hearing(found.proposed(found.worst), by=found.hr, at=at(2026, 11, 2))
    return hearing, found.worst.user


def spoken():
    hearing, user = called()
    services.state_case(hearing, statement="3 号楼延期交付", by=user, at=at(2026, 11, 3))
    return hearing.decision, hearing.decision.proposed_by


def voting():
    found = october()
    return found.voting(found.best), found.hr


def carried():
    """Carried by the group, not yet acted on."""
    found = october()
    decision = found.voting(found.worst)
    for user in found.members[:2]:
        approvals.cast_vote(decision.motion, choice="approve", by=user, at=at(2026, 11, 5))
    return decision, Motion.objects.get()


def approved():
    """Approved, not yet issued; the verb that approves issues at once, so the state is set by its transition."""
    from core.flow import advance

    decision, motion = carried()
    return (advance(decision, Decision.APPROVE, by=None, at=at(2026, 11, 5), approved_at=motion.closed_at),)


def issued():
    found = october()
    return found.issued(found.worst), found.worst.user


def final():
    from core.flow import advance

    decision, _user = issued()
    return (advance(decision, Decision.FINALIZE, by=None, at=at(2026, 11, 16), final_at=at(2026, 11, 16)),)


def due():
    issued()
    return (at(2026, 11, 16),)


def posted():
    found = october()
    return found.posted(found.worst), found.members[0]


def talk():
    found = october()
    found.posted(found.worst)
    return Talk.objects.get(), found.head


def talk_and_other():
    found = october()
    found.posted(found.worst)
    return Talk.objects.get(), second_head(found), found.hr


def held():
    one, head = talk()
    services.hold_talk(one, minutes="约定", held_on=dt.date(2026, 11, 17), by=head, at=at(2026, 11, 18))
    return one, one.employee.user


def desk():
    """Who reports facts by hand, under a rule that rests on one kind of them."""
    return Desk(factories.make_company(), rule("CC-5.3", "by_hand", kind="data_error"))


def reported():
    found = desk()
    return found.report(), found.second


def verified():
    found = desk()
    found.verified()
    return (found.company,)


def headless():
    """A unit that nobody headed, its rate below the threshold."""
    found = Units(factories.make_company(), rule("PM-6.3", "unit_rate_below", threshold_bp=9500))
    found.peony.assignments_head.assignments.update(ends_on=dt.date(2026, 8, 31))
    return found, found.close("2026Q3", {found.peony: {5: 100, 3: 70, 1: 30}})


def unit_hit():
    found, close = headless()
    services.find_cases(close, at())
    return UnitHit.objects.get(), found.hr


def headed():
    one, _by = unit_hit()
    factories.make_employee(one.department, "新主任", is_head=True)
    return (at(),)


PATHS = {
    "incentives.find_cases: a unit without a head": WritePath(
        lambda: headless()[1:], lambda close: services.find_cases(close, at())
    ),
    "incentives.set_aside_unit_hit": WritePath(
        unit_hit, lambda one, by: services.set_aside_unit_hit(one, reason="撤并", by=by, at=at())
    ),
    "incentives.resolve_unit_hits": WritePath(headed, services.resolve_unit_hits),
    "incentives.report_fact": WritePath(lambda: (desk(),), lambda found: found.report()),
    "incentives.verify_report": WritePath(
        reported, lambda report, by: services.verify_report(report, by=by, at=at(2026, 11, 5))
    ),
    "incentives.find_fact_cases": WritePath(
        verified, lambda company: services.find_fact_cases(company, at(2026, 11, 20))
    ),
    "incentives.find_cases": WritePath(ranked, lambda close: services.find_cases(close, at())),
    "incentives.set_aside": WritePath(
        lambda: (lambda hearing, _user: (hearing.decision, hearing.decision.proposed_by))(*called()),
        lambda decision, by: services.set_aside(decision, reason="改为辅导", by=by, at=at()),
    ),
    "incentives.propose": WritePath(case, lambda found, by: services.propose(found, by=by, at=at())),
    "incentives.amend": WritePath(
        lambda: proposed("worst"),
        lambda decision, by: services.amend(decision, effects=ONE_POINT, reason="从轻", by=by, at=at()),
    ),
    "incentives.write_opinion": WritePath(
        spoken, lambda decision, by: services.write_opinion(decision, opinion="属实", by=by, at=at())
    ),
    "incentives.submit_batch": WritePath(
        proposed, lambda decision, by: services.submit_batch([decision], by=by, at=at())
    ),
    "incentives.propose_and_submit": WritePath(
        case, lambda found, by: services.propose_and_submit([found], by=by, at=at())
    ),
    "incentives.call_hearing": WritePath(
        lambda: proposed("worst"), lambda decision, by: services.call_hearing(decision, by=by, at=at())
    ),
    "incentives.state_case": WritePath(
        called,
        lambda hearing, by: services.state_case(hearing, statement="我认为", by=by, at=at(2026, 11, 3)),
    ),
    "incentives.waive_hearing": WritePath(
        called, lambda hearing, by: services.waive_hearing(hearing, by=by, at=at(2026, 11, 3))
    ),
    "incentives.end_due_hearings": WritePath(
        lambda: called() and (at(2026, 11, 9),), services.end_due_hearings
    ),
    "incentives.take_back": WritePath(
        voting, lambda decision, by: services.take_back(decision, by=by, at=at(2026, 11, 5))
    ),
    "incentives.enact": WritePath(
        carried, lambda decision, motion: services.enact(decision, motion=motion, at=at(2026, 11, 5))
    ),
    "incentives.issue": WritePath(approved, lambda decision: services.issue(decision, at=at(2026, 11, 5))),
    "incentives.acknowledge_receipt": WritePath(
        issued, lambda decision, by: services.acknowledge_receipt(decision, by=by, at=at(2026, 11, 6))
    ),
    "incentives.finalize_due": WritePath(due, services.finalize_due),
    "incentives.post": WritePath(final, lambda decision: services.post(decision, at=at(2026, 11, 16))),
    "incentives.reverse": WritePath(
        posted, lambda decision, by: services.reverse(decision, reason="申诉成立", by=by, at=at(2026, 12, 1))
    ),
    "incentives.hold_talk": WritePath(
        talk,
        lambda one, by: services.hold_talk(
            one, minutes="约定", held_on=dt.date(2026, 11, 17), by=by, at=at(2026, 11, 18)
        ),
    ),
    "incentives.hand_over_talk": WritePath(
        talk_and_other,
        lambda one, other, by: services.hand_over_talk(one, head=other, by=by, at=at(2026, 11, 18)),
    ),
    "incentives.acknowledge_talk": WritePath(
        held, lambda one, by: services.acknowledge_talk(one, by=by, at=at(2026, 11, 19))
    ),
}

for name, path in PATHS.items():
    write_paths.register(name, path)
