"""The checklist of execution as people filter it: what was decided and what of it is still to be done (RE-2.3)."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property

from incentives import wording
from incentives.address import AddressFilters, chosen
from incentives.course import AFTER_VOTE, Aftermath, checklist
from incentives.models import Decision, Duty, LedgerLine, Mark, Notice, PayrollLine, Rule, Talk, Warning


@dataclass
class ExecutionFilters(AddressFilters):
    """Besides the common ones: open, late or all, and rewards or penalties."""

    shown: str = "open"
    direction: str = ""

    @classmethod
    def read(cls, params):
        return super().read(params) | {
            "shown": chosen(params.get("show"), ("late", "all")) or "open",
            "direction": chosen(params.get("direction"), Rule.Direction.values),
        }

    @property
    def is_narrowed(self):
        return bool(self.month or self.department or self.direction or self.words)

    def narrow(self, decisions):
        decisions = super().narrow(decisions, "number", "document_number")
        return decisions.filter(direction=self.direction) if self.direction else decisions


def approved_for(user, company):
    return Decision.objects.visible_to(user).filter(company=company, state__in=AFTER_VOTE)


def unfinished():
    """Not posted yet, its receipt open, money in no payroll file yet, or something it brought still to be done."""
    posted = Q(state__in=(Decision.State.POSTED, Decision.State.EXPORTED))
    unpaid = LedgerLine.objects.filter(
        decision=OuterRef("pk"), unit=LedgerLine.Unit.FEN, payroll_line__isnull=True
    )
    talk_open = Q(talk__state__in=(Talk.State.SCHEDULED, Talk.State.HELD))
    duty_open = Exists(Duty.objects.filter(decision=OuterRef("pk"), state__in=Duty.CANCEL.sources))
    return ~posted | Exists(_to_serve()) | Exists(unpaid) | talk_open | duty_open


def late(at):
    """Some step's last day has passed: receipt, appeal window, talk or duty."""
    receipt = Exists(_to_serve().filter(receipt_until__lte=at))
    window = Q(state=Decision.State.ISSUED, appeal_until__lte=at)
    talk = Q(talk__state=Talk.State.SCHEDULED, talk__due_at__lte=at)
    duty = Exists(Duty.objects.filter(decision=OuterRef("pk"), state=Duty.State.OPEN, due_at__lte=at))
    return receipt | window | talk | duty


def _to_serve():
    return Notice.objects.to_serve().filter(decision=OuterRef("pk"))


@dataclass
class Carried:
    """One approved decision and what still has to be done about it."""

    decision: Decision
    after: Aftermath

    @cached_property
    def steps(self):
        return checklist(self.decision, self.after)

    @property
    def title(self):
        return wording.title_of(self.decision.employee.name, self.decision.effects, self.decision.counts_for)

    @property
    def done(self):
        return sum(step.is_done for step in self.steps)

    @property
    def letter_to_serve(self):
        """The letter whose receipt nobody has confirmed or recorded yet."""
        letter = self.after.notices.get(Notice.Kind.LETTER)
        is_open = letter and letter.receipt_until and not letter.served_as and not self.decision.received_at
        return letter if is_open else None


def carried(decisions):
    """Decisions with what they brought: one query for each kind of thing, whatever their number."""
    decisions = list(decisions)
    after = {decision.pk: Aftermath() for decision in decisions}
    for talk in Talk.objects.filter(decision__in=after).select_related("head", "employee"):
        after[talk.decision_id].talk = talk
    for notice in Notice.objects.filter(decision__in=after):
        after[notice.decision_id].notices[notice.kind] = notice
    for model, name in ((Warning, "warnings"), (Mark, "marks"), (Duty, "duties")):
        for row in model.objects.filter(decision__in=after):
            getattr(after[row.decision_id], name).append(row)
    exported = [decision.pk for decision in decisions if decision.state == Decision.State.EXPORTED]
    for pk, at in PayrollLine.objects.filter(line__decision__in=exported).values_list(
        "line__decision", "batch__made_at"
    ):
        after[pk].exported_at = max(at, after[pk].exported_at or at)
    return [Carried(found, after[found.pk]) for found in decisions]
