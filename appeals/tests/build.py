"""The cast of the incentives room with an appeal officer and the section [appeals]."""

from appeals import services
from appeals.models import Appeal
from core.events import deliver_all
from incentives.models import Decision
from incentives.tests.build import Stage
from organization.models import Role
from policies.models import Version
from tests import factories
from tests.factories import at

APPEALS = {
    "answer_days": 5,
    "window_days": 5,
    "chair_days": 2,
    "warn_days": 1,
    "least_text": 10,
    "most_files": 6,
    "least_n": 5,
    "large_points": 5,
    "large_fen": 50_000,
    "large_people": 3,
    "committee": "group",
}
TEXT = "10 月 14 日我已把申请交给财务前台，客户等待发生在我离开之后。"
REASONS = "核查了签收记录，与申诉一致。"
#: after the letter of 5 November, inside the window that ends on the 12th
FILED = at(2026, 11, 6)
ACCEPTED = at(2026, 11, 9)
PROPOSED = at(2026, 11, 10)
DECIDED = at(2026, 11, 11)


class AppealStage(Stage):
    """许岚 investigates; 何军, who has not voted, decides; three closed months and what they led to."""

    def __init__(self, company, *, appeals=None, **books):
        super().__init__(company, **books)
        section = {"appeals": APPEALS | (appeals or {})}
        Version.objects.filter(pk=self.version.pk).update(content=self.version.content | section)
        self.version.refresh_from_db()
        manager = self.hr.employee.assignments.get().post
        self.officer = self._login(
            factories.make_employee(self.office, "许岚", post=manager),
            "appeals.view",
            "appeals.handle",
            "incentives.view",
        )
        self.second = self._login(
            factories.make_employee(self.office, "郑洁", post=manager), "appeals.view", "appeals.handle"
        )
        for member in self.members:
            self.grant(member, "appeals.view", "appeals.decide", "incentives.view")
        self.grant(self.hr, "appeals.view", "appeals.handle")
        for employee in self.team:
            self.grant(employee.user, "appeals.file", "incentives.view_own", reach=Role.Reach.SELF)
        self.chair, _voted, self.reviewer = self.members

    def grant(self, user, *verbs, reach=Role.Reach.COMPANY):
        code = f"appeals-{user.pk}-{Role.objects.count()}"
        factories.grant(user, factories.make_role(self.company, code, verbs, reach))
        user.__dict__.pop("_verbs", None)

    def draft(self, employee, kind=None, pk=None, **fields):
        if kind is None:
            kind, pk = "decision", Decision.objects.get(employee=employee).pk
        appeal = services.draft(kind, pk, by=employee.user, at=FILED)
        wanted = {"grounds": ["fact"], "text": TEXT, "wish": "overturn"} | fields
        return services.write(appeal, by=employee.user, at=FILED, **wanted)

    def filed(self, employee, **options):
        return services.file(self.draft(employee, **options), by=employee.user, at=FILED)

    def admitted(self, employee, **options):
        return services.accept(self.filed(employee, **options), by=self.officer, at=ACCEPTED)

    def looked_into(self, employee, **options):
        return services.investigate(self.admitted(employee, **options), by=self.officer, at=ACCEPTED)

    def concluded(self, employee, outcome="overturned", effects=(), left_out=(), **options):
        appeal = self.looked_into(employee, **options)
        return services.propose(
            appeal,
            outcome=outcome,
            reasons=REASONS,
            effects=effects,
            left_out=left_out,
            by=self.officer,
            at=PROPOSED,
        )

    def signed(self, employee, **options):
        return services.decide(self.concluded(employee, **options), by=self.reviewer, at=DECIDED)

    def group_votes(self, appeal, users, choice="approve"):
        from approvals import services as approvals

        for user in users:
            appeal.motion.refresh_from_db()
            if appeal.motion.state == "open":
                reason = "" if choice == "approve" else "依据不足"
                approvals.cast_vote(appeal.motion, choice=choice, reason=reason, by=user, at=DECIDED)
        deliver_all()
        return Appeal.objects.get(pk=appeal.pk)


def declined(stage, employee, **options):
    appeal = stage.filed(employee, **options)
    return services.decline(appeal, reason="同一事项已答复过一次", by=stage.officer, at=ACCEPTED)


def contested(stage, employee, **options):
    appeal = declined(stage, employee, **options)
    return services.contest(appeal, plea="情况不同，请组长看一看", by=employee.user, at=ACCEPTED)


def dismissed(stage, employee, **options):
    appeal = contested(stage, employee, **options)
    return services.dismiss(appeal, reason="与上一次是同一件事", by=stage.chair, at=PROPOSED)


def withdrawn(stage, employee, **options):
    return services.withdraw(stage.filed(employee, **options), by=employee.user, at=ACCEPTED)


def acknowledged(stage, employee, **options):
    appeal = stage.signed(employee, outcome="upheld", **options)
    return services.acknowledge(appeal, rating=4, note="讲得清楚", by=employee.user, at=DECIDED)


def one_in_each_state(stage, things):
    """{state: appeal}; `things` are (employee, kind, id), as many as there are states (all but the group's vote)."""
    ways = {
        "draft": AppealStage.draft,
        "filed": AppealStage.filed,
        "accepted": AppealStage.admitted,
        "investigating": AppealStage.looked_into,
        "proposed": lambda *who, **what: AppealStage.concluded(*who, outcome="upheld", **what),
        "answered": lambda *who, **what: AppealStage.signed(*who, outcome="upheld", **what),
        "inadmissible": declined,
        "chair": contested,
        "dismissed": dismissed,
        "withdrawn": withdrawn,
        "acknowledged": acknowledged,
    }
    return {
        state: way(stage, employee, kind=kind, pk=pk)
        for (state, way), (employee, kind, pk) in zip(ways.items(), things, strict=False)
    }


def closed_months():
    """A company of its own, its three months closed and their cases found; for `replayed`."""
    found = AppealStage(factories.make_company())
    found.three_months()
    return found
