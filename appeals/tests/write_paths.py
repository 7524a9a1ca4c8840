"""Write paths of this room for the fault sweep (tests/test_faults.py)."""

from appeals import services
from appeals.models import Appeal, Consequence
from appeals.tests.build import (
    ACCEPTED,
    DECIDED,
    FILED,
    PROPOSED,
    REASONS,
    TEXT,
    AppealStage,
    closed_months,
    declined,
)
from appeals.tests.build_findings import LATER, finding_stage
from core.faults import WritePath
from core.registries import write_paths
from incentives.models import Decision
from tests import factories
from tests.factories import at
from tests.replay import replayed

PLEA = "出差在外，信件昨天才看到"


def stage():
    found = replayed("appeals.stage", closed_months)
    found.issued(found.worst)
    return found


def with_draft():
    found = stage()
    return found.draft(found.worst), found.worst.user


def late():
    found = AppealStage(factories.make_company())
    found.three_months()
    found.posted(found.worst)
    return found.draft(found.worst), found.worst.user


def before_chair():
    found = AppealStage(factories.make_company())
    found.three_months()
    found.posted(found.worst)
    appeal = services.plead_late(
        found.draft(found.worst), plea=PLEA, by=found.worst.user, at=at(2026, 11, 18)
    )
    return appeal, found.chair


def after(way, who):
    def arrange():
        found = stage()
        user = found.worst.user if who == "appellant" else getattr(found, who)
        return getattr(found, way)(found.worst), user

    return arrange


def not_admitted():
    found = stage()
    return declined(found, found.worst), found.worst.user


def contested():
    appeal, user = not_admitted()
    appeal = services.contest(appeal, plea="情况不同，请看一看", by=user, at=ACCEPTED)
    chair = appeal.company.committees.get(code="group").memberships.get(is_chair=True).employee.user
    return appeal, chair


def handing_over():
    found = stage()
    return found.looked_into(found.worst), found.second, found.officer


def open_third():
    found = stage()
    appeal = found.signed(found.worst)
    case = found.case_of(found.best)
    one = Consequence.objects.create(
        company=found.company,
        appeal=appeal,
        kind=Consequence.Kind.THIRD,
        state=Consequence.State.OPEN,
        employee=found.best,
        object_id=case.pk,
    )
    return one, found.hr


def milder_finding():
    found = finding_stage()
    found.found()
    found.posted(found.worst)
    found.changed(found.looked_at())
    return Appeal.objects.get(), found.reviewer


def draft(by):
    return services.draft("decision", Decision.objects.get().pk, by=by, at=FILED)


def path(arrange, act):
    return WritePath(arrange, act)


PATHS = {
    "appeals.draft": path(lambda: (stage().worst.user,), draft),
    "appeals.write": path(
        with_draft,
        lambda one, by: services.write(one, grounds=["rule"], text=TEXT, wish="vary", by=by, at=FILED),
    ),
    "appeals.file": path(with_draft, lambda one, by: services.file(one, by=by, at=FILED)),
    "appeals.plead_late": path(
        late, lambda one, by: services.plead_late(one, plea=PLEA, by=by, at=at(2026, 11, 18))
    ),
    "appeals.withdraw": path(
        after("filed", "appellant"), lambda one, by: services.withdraw(one, by=by, at=FILED)
    ),
    "appeals.accept": path(
        after("filed", "officer"), lambda one, by: services.accept(one, by=by, at=ACCEPTED)
    ),
    "appeals.decline": path(
        after("filed", "officer"),
        lambda one, by: services.decline(one, reason="同一事项已答复过", by=by, at=ACCEPTED),
    ),
    "appeals.contest": path(
        not_admitted, lambda one, by: services.contest(one, plea="情况不同，请看一看", by=by, at=ACCEPTED)
    ),
    "appeals.admit": path(
        before_chair, lambda one, by: services.admit(one, reason="理由成立，受理", by=by, at=at(2026, 11, 19))
    ),
    "appeals.dismiss": path(
        contested, lambda one, by: services.dismiss(one, reason="与上一次是同一件事", by=by, at=PROPOSED)
    ),
    "appeals.dismiss_uncontested": path(
        lambda: (not_admitted()[0].chair_until,), lambda moment: services.dismiss_uncontested(moment)
    ),
    "appeals.investigate": path(
        after("admitted", "officer"), lambda one, by: services.investigate(one, by=by, at=ACCEPTED)
    ),
    "appeals.hand_over": path(
        handing_over, lambda one, to, by: services.hand_over(one, to=to, by=by, at=ACCEPTED)
    ),
    "appeals.propose": path(
        after("looked_into", "officer"),
        lambda one, by: services.propose(one, outcome="overturned", reasons=REASONS, by=by, at=PROPOSED),
    ),
    "appeals.send_back": path(
        after("concluded", "reviewer"),
        lambda one, by: services.send_back(one, reason="没有问过当班同事", by=by, at=DECIDED),
    ),
    "appeals.decide": path(
        after("concluded", "reviewer"), lambda one, by: services.decide(one, by=by, at=DECIDED)
    ),
    "appeals.decide: a changed finding": path(
        milder_finding, lambda one, by: services.decide(one, by=by, at=LATER)
    ),
    "appeals.acknowledge": path(
        after("signed", "appellant"),
        lambda one, by: services.acknowledge(one, rating=5, by=by, at=DECIDED),
    ),
    "appeals.settle": path(
        open_third, lambda one, by: services.settle(one, keep=False, note="按申诉结果更正", by=by, at=DECIDED)
    ),
    "appeals.watch": path(
        lambda: (after("filed", "officer")() and at(2026, 11, 14),), lambda moment: services.watch(moment)
    ),
}

for name, one in PATHS.items():
    write_paths.register(name, one)
