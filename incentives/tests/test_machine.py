"""Any order of steps over a reward and a penalty, from the case to the payroll file: what must hold always holds."""

import datetime as dt
import os

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from approvals import services as approvals
from approvals.models import Motion, Vote
from audit.models import AuditRow
from core.events import deliver_all
from core.flow import Refused
from core.registries import verifications
from incentives import services
from incentives.models import Decision, Hearing, LedgerLine, Notice, PayrollBatch, Talk
from incentives.tests.build import Stage
from notifications.models import Message
from organization.scopes import employee_id_of
from tests import factories
from tests.factories import at
from tests.replay import replayed

FACTS = (
    "4 cases", "4 one live decision", "5 ledger", "5 payroll", "6 decisions", "6 execution", "6 votes",
)  # fmt: skip
PEOPLE = st.sampled_from(["hr", "colleague", "head", "chair", "second", "third", "best", "worst"])
SUBJECT = st.sampled_from(["best", "worst"])
CHOICES = st.sampled_from(["approve", "approve", "approve", "reject", "return"])
GRADES = st.sampled_from([None, -3, -1, 3, 5])
#: more of them, and other ones each time, with DECISION_EXAMPLES in the environment
EXAMPLES = int(os.environ.get("DECISION_EXAMPLES", "4"))
PHASES = [Phase.generate, Phase.shrink] if "DECISION_EXAMPLES" in os.environ else [Phase.generate]
#: proper steps to the next state, so that the far ones are reached too
FAR = {"voting", "issued", "posted", "exported", "reversed"}


def october():
    stage = Stage(factories.make_company())
    stage.three_months()
    stage.colleague = factories.user_with(stage.company, "incentives.propose", "incentives.view")
    return stage


class Decisions(RuleBasedStateMachine):
    """Every verb may be refused in words by a rule; none may fail otherwise, and no fact may break."""

    reached = set()

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self):
        try:
            self.at_last_everybody_tries_everything_and_both_go_on_to_the_end()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    def at_last_everybody_tries_everything_and_both_go_on_to_the_end(self):
        for subject in ("best", "worst"):
            for who in ("head", subject, "third"):
                self.propose(subject=subject, who=who, points=None, reason="依据充分")
                self.set_aside(subject=subject, who=who, of_case=True)
                for verb in (self.submit, self.call_hearing, self.write_opinion, self.take_back):
                    verb(subject=subject, who=who)
            self.go_on(subject=subject, times=9)
        self.the_facts_hold()
        self.every_state_is_what_the_log_says_last()
        self.silence_and_the_unheard_decide_nothing()
        self.lines_are_exports_and_open_ones_and_decisions()
        self.what_a_decision_brings_it_brings_once_and_told_once()
        self.nobody_had_a_hand_in_their_own_matter()

    @initialize()
    def begin(self):
        self.stage = replayed("incentives.decisions", october)
        self.now = at(2026, 11, 2)
        stage = self.stage
        self.people = {"hr": stage.hr, "colleague": stage.colleague, "head": stage.head}
        self.people |= dict(zip(("chair", "second", "third"), stage.members, strict=True))
        self.people |= {"best": stage.best.user, "worst": stage.worst.user}

    def attempt(self, verb, *args, **kwargs):
        try:
            with transaction.atomic():
                return verb(*args, **kwargs)
        except Refused as refusal:
            assert str(refusal.message)
            return None

    def decision(self, subject):
        return Decision.objects.filter(employee=getattr(self.stage, subject)).order_by("-pk").first()

    def act(self, verb, subject, who, **more):
        if decision := self.decision(subject):
            self.attempt(verb, decision, by=self.people[who], at=self.now, **more)

    @rule(subject=SUBJECT, who=PEOPLE, points=GRADES, reason=st.sampled_from(["", "依据充分"]))
    def propose(self, subject, who, points, reason):
        other = "commendation_notice" if subject == "best" else "admonishing_talk"
        effects = points and [{"kind": "points", "amount": points}, {"kind": other}]
        case = self.stage.case_of(getattr(self.stage, subject))
        self.attempt(services.propose, case, effects=effects, reason=reason, by=self.people[who], at=self.now)

    @rule(subject=SUBJECT, who=PEOPLE, points=st.sampled_from([-3, -2, 4, 5]))
    def amend(self, subject, who, points):
        other = "commendation_notice" if subject == "best" else "admonishing_talk"
        effects = [{"kind": "points", "amount": points}, {"kind": other}]
        self.act(services.amend, subject, who, effects=effects, reason="从轻")

    @rule(subject=SUBJECT, who=PEOPLE, of_case=st.booleans())
    def set_aside(self, subject, who, of_case):
        if of_case:
            case = self.stage.case_of(getattr(self.stage, subject))
            self.attempt(services.set_aside, case, reason="改为辅导", by=self.people[who], at=self.now)
        else:
            self.act(services.set_aside, subject, who, reason="改为辅导")

    @rule(subject=SUBJECT, who=PEOPLE)
    def call_hearing(self, subject, who):
        self.act(services.call_hearing, subject, who)

    @rule(who=PEOPLE, waives=st.booleans(), which=st.integers(0, 2))
    def answer(self, who, waives, which):
        """Any hearing there ever was, by anybody."""
        found = list(Hearing.objects.order_by("-pk"))
        if which < len(found):
            verb, more = (
                (services.waive_hearing, {}) if waives else (services.state_case, {"statement": "我认为"})
            )
            self.attempt(verb, found[which], by=self.people[who], at=self.now, **more)

    @rule(subject=SUBJECT, who=PEOPLE)
    def write_opinion(self, subject, who):
        self.act(services.write_opinion, subject, who, opinion="核实过")

    @rule(subject=SUBJECT, who=PEOPLE)
    def submit(self, subject, who):
        if decision := self.decision(subject):
            self.attempt(services.submit_batch, [decision], by=self.people[who], at=self.now)

    @rule(subject=SUBJECT, who=PEOPLE)
    def take_back(self, subject, who):
        self.act(services.take_back, subject, who)

    @rule(subject=SUBJECT, who=PEOPLE, choice=CHOICES, aside=st.sampled_from([False, False, False, True]))
    def vote(self, subject, who, choice, aside):
        decision = self.decision(subject)
        if decision is None or decision.motion is None:
            return
        if aside:
            self.attempt(approvals.recuse, decision.motion, note="亲属", by=self.people[who], at=self.now)
        else:
            self.attempt(
                approvals.cast_vote, decision.motion, choice=choice, reason="依据", by=self.people[who], at=self.now
            )  # fmt: skip

    @rule(hours=st.sampled_from([1, 30, 80, 200]))
    def time_passes(self, hours):
        self.now += dt.timedelta(hours=hours)
        services.end_due_hearings(self.now)
        approvals.remind(self.now)
        deliver_all()
        services.finalize_due(self.now)

    @rule(month=st.sampled_from(["2026-10", "2026-11"]), despite_open=st.booleans())
    def pay(self, month, despite_open):
        by = self.people["hr"]
        self.attempt(
            services.make_payroll, self.stage.company, month=month, by=by, at=self.now, despite_open=despite_open
        )  # fmt: skip

    @rule(subject=SUBJECT)
    def reverse(self, subject):
        self.act(services.reverse, subject, "chair", reason="申诉成立")

    @rule(again=st.booleans())
    def the_penalty_is_returned_and_heard_again(self, again):
        for _step in range(4):
            if self.decision("worst") and self.decision("worst").state == "voting":
                self.vote(subject="worst", who="chair", choice="return", aside=False)
                deliver_all()
                self.call_hearing(subject="worst", who="hr")
                for which in (1, 0) if again else (1,):
                    self.answer(who="worst", waives=True, which=which)
                return
            self.next_step("worst")

    @rule(subject=SUBJECT, times=st.integers(2, 7))
    def go_on(self, subject, times):
        for _step in range(times):
            self.next_step(subject)
            if decision := self.decision(subject):
                self.reached.add(decision.state)

    def next_step(self, subject):
        decision = self.decision(subject)
        state = decision.state if decision else None
        if state is None:
            self.propose(subject=subject, who="hr", points=None, reason="依据充分")
        elif state in ("proposed", "ready", "returned"):
            self.write_opinion(subject=subject, who="hr")
            self.submit(subject=subject, who="hr")
            self.call_hearing(subject=subject, who="hr")
        elif state == "voting":
            for who in ("chair", "second"):
                self.vote(subject=subject, who=who, choice="approve", aside=False)
            deliver_all()
        elif state in ("hearing", "issued"):
            self.time_passes(hours=200)
        elif state == "posted":
            self.pay(month=decision.counts_for, despite_open=True)

    @invariant()
    def the_facts_hold(self):
        assert [one for name in FACTS for one in verifications[name]()] == []

    @invariant()
    def every_state_is_what_the_log_says_last(self):
        for model, label in ((Decision, "incentives.decision"), (Motion, "approvals.motion")):
            rows = AuditRow.objects.filter(model=label).exclude(to_state="").order_by("pk")
            last = dict(rows.values_list("object_id", "to_state"))
            for pk, state in model.objects.values_list("pk", "state"):
                assert last.get(pk, "open") == state

    @invariant()
    def silence_and_the_unheard_decide_nothing(self):
        for decision in Decision.objects.exclude(approved_at=None).select_related("motion"):
            votes = Vote.objects.filter(seat__motion=decision.motion, seat__recused_at=None)
            entitled = decision.motion.seats.filter(recused_at=None).count()
            assert votes.filter(choice="approve").count() * 2 > entitled
            assert not votes.filter(cast_by__in=[decision.proposed_by, decision.employee.user]).exists()
        for decision in Decision.objects.filter(direction="penalty").exclude(motion=None):
            heard = decision.hearings.exclude(ended_at=None).filter(ended_at__lte=decision.motion.opened_at)
            assert heard.exists()
            for one in heard:
                assert one.waived_at or one.ended_at >= one.due_at

    @invariant()
    def lines_are_exports_and_open_ones_and_decisions(self):
        lines = LedgerLine.objects.aggregate(total=Sum("amount"))["total"] or 0
        exported = PayrollBatch.objects.aggregate(total=Sum("total_points"))["total"] or 0
        waiting = LedgerLine.objects.filter(payroll_line=None).aggregate(total=Sum("amount"))["total"] or 0
        decided = sum(
            effect.get("amount", 0)
            for decision in Decision.objects.filter(state__in=["posted", "exported"])
            for effect in decision.effects
        )
        assert lines == exported + waiting == decided

    @invariant()
    def what_a_decision_brings_it_brings_once_and_told_once(self):
        for model in (Talk, Notice):
            brought = list(model.objects.values_list("decision", *(["kind"] if model is Notice else [])))
            assert len(brought) == len(set(brought))
        keys = list(Message.objects.values_list("recipient", "channel", "key"))
        assert len(keys) == len(set(keys))
        for hearing in Hearing.objects.filter(ended_at=None).select_related("decision"):
            assert hearing.decision.state == Decision.State.HEARING

    @invariant()
    def nobody_had_a_hand_in_their_own_matter(self):
        subjects = {
            self.stage.best.pk: self.stage.best.user_id,
            self.stage.worst.pk: self.stage.worst.user_id,
        }
        head = self.stage.head
        for decision in Decision.objects.select_related("proposed_by__employee"):
            assert employee_id_of(decision.proposed_by) not in (decision.employee_id, employee_id_of(head))
            settled = AuditRow.objects.filter(model="incentives.decision", object_id=decision.pk)
            hands = set(settled.exclude(actor=None).values_list("actor", flat=True))
            assert not hands & {head.pk, subjects[decision.employee_id]} - {
                row.actor_id for row in settled if row.verb.endswith("end_hearing")
            }


@pytest.mark.django_db
def test_whatever_is_tried_with_decisions_the_facts_hold():
    run_state_machine_as_test(
        Decisions,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=12,
            deadline=None,
            database=None,
            phases=PHASES,
            derandomize="DECISION_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Decisions.reached >= FAR - {"reversed"}
