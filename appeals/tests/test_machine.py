"""Any order of steps over one decision and its appeal, each allowed or refused: what must hold holds after each."""

import datetime as dt
import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from appeals import services
from appeals.models import Appeal
from appeals.tests.build import REASONS, TEXT, AppealStage
from core.events import deliver_all
from core.flow import Refused
from core.registries import verifications
from incentives import services as incentives
from incentives.models import Decision, LedgerLine
from tests import factories
from tests.factories import at
from tests.replay import replayed

FACTS = ("4 one live decision", "5 ledger", "5 appeals", "6 appeals", "6 decisions")
PEOPLE = st.sampled_from(["officer", "second", "hr", "chair", "reviewer", "appellant"])
OUTCOMES = st.sampled_from(["upheld", "varied", "overturned"])
#: more of them, and other ones each time, with APPEAL_EXAMPLES in the environment
EXAMPLES = int(os.environ.get("APPEAL_EXAMPLES", "12"))


def issued():
    stage = AppealStage(factories.make_company())
    stage.three_months()
    stage.issued(stage.worst)
    return stage


class Appeals(RuleBasedStateMachine):
    """One decision that was issued; every verb may be refused, none may fail otherwise."""

    stage = None
    reached = set()

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize()
    def begin(self):
        self.stage = replayed("appeals.issued", issued)
        self.now = at(2026, 11, 6)
        self.outcomes = 0

    def user(self, name):
        return self.stage.worst.user if name == "appellant" else getattr(self.stage, name)

    @property
    def appeal(self):
        return Appeal.objects.exclude(state="withdrawn").first()

    def attempt(self, verb, **arguments):
        try:
            verb(self.appeal, at=self.now, **arguments)
        except Refused:
            return False
        return True

    @rule(hours=st.sampled_from([1, 20, 60, 200]))
    def wait(self, hours):
        self.now += dt.timedelta(hours=hours)
        incentives.finalize_due(self.now)
        services.dismiss_uncontested(self.now)
        services.watch(self.now)
        deliver_all()

    @rule()
    def draft(self):
        decision = Decision.objects.order_by("pk").first()
        try:
            one = services.draft("decision", decision.pk, by=self.user("appellant"), at=self.now)
            services.write(
                one, grounds=["fact"], text=TEXT, wish="vary", by=self.user("appellant"), at=self.now
            )
        except Refused:
            return

    @precondition(lambda self: self.appeal)
    @rule(verb=st.sampled_from(["file", "withdraw", "acknowledge"]), who=PEOPLE)
    def own(self, verb, who):
        self.attempt(getattr(services, verb), by=self.user(who))

    @precondition(lambda self: self.appeal)
    @rule(verb=st.sampled_from(["plead_late", "contest"]))
    def plead(self, verb):
        self.attempt(getattr(services, verb), plea="出差在外，昨天才看到", by=self.user("appellant"))

    @precondition(lambda self: self.appeal)
    @rule(verb=st.sampled_from(["accept", "investigate"]), who=PEOPLE)
    def handle(self, verb, who):
        self.attempt(getattr(services, verb), by=self.user(who))

    @precondition(lambda self: self.appeal)
    @rule(verb=st.sampled_from(["decline", "admit", "dismiss", "send_back"]), who=PEOPLE)
    def say(self, verb, who):
        self.attempt(getattr(services, verb), reason="理由写在这里供核对", by=self.user(who))

    @precondition(lambda self: self.appeal)
    @rule(outcome=OUTCOMES, who=PEOPLE)
    def propose(self, outcome, who):
        effects = [{"place": 0, "amount": -1}] if outcome == "varied" else ()
        self.attempt(services.propose, outcome=outcome, reasons=REASONS, effects=effects, by=self.user(who))

    @precondition(lambda self: self.appeal)
    @rule(outcome=OUTCOMES, times=st.integers(1, 6))
    def go_on(self, outcome, times):
        """The proper next steps by the proper people, so that the far states are reached too."""
        for _step in range(times):
            if self.appeal:
                self.next_step(outcome)
                self.reached.add(self.appeal.state)

    def next_step(self, outcome):
        steps = {
            "draft": (services.file, "appellant", {}),
            "filed": (services.accept, "officer", {}),
            "accepted": (services.investigate, "officer", {}),
            "chair": (services.admit, "chair", {"reason": "理由成立，予以受理"}),
            "answered": (services.acknowledge, "appellant", {"rating": 3}),
        }
        state = self.appeal.state
        if state == "investigating":
            self.propose(outcome=outcome, who="officer")
        elif state == "proposed":
            self.decide(who="reviewer")
        elif state in steps:
            verb, who, more = steps[state]
            self.attempt(verb, by=self.user(who), **more)

    @precondition(lambda self: self.appeal)
    @rule(who=PEOPLE)
    def decide(self, who):
        self.outcomes += self.attempt(services.decide, by=self.user(who))

    @invariant()
    def what_must_hold(self):
        if self.stage is None:
            return
        assert [one for name in FACTS for one in verifications[name]()] == []
        assert self.outcomes <= 1
        for decision in Decision.objects.all():
            lines = LedgerLine.objects.filter(decision=decision).values_list("amount", flat=True)
            if decision.state == Decision.State.SUSPENDED:
                assert not lines
            if decision.state == Decision.State.REVERSED:
                assert sum(lines) == 0


@pytest.mark.django_db
def test_any_order_of_steps_keeps_the_facts():
    run_state_machine_as_test(
        Appeals,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=20,
            deadline=None,
            database=None,
            derandomize="APPEAL_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert {"investigating", "proposed", "answered"} <= Appeals.reached
