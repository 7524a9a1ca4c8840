"""Anybody tries anything in any order: after each step, refused or not, what must hold of all cases holds."""

import datetime as dt
import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from complaints.models import Case, Entry, Finding, Kind, State, Verdict
from complaints.recusal import excluded_from, named_in
from complaints.services import closing, findings, handling, people, relations, tracking
from complaints.tests.build_b import CLASSES, FAULT, Cast
from core.flow import Refused
from core.registries import verifications
from organization.models import Role
from organization.scopes import employee_id_of
from tests import factories
from tests.factories import at

CHECKS = [check for check in verifications if check.__module__ == "complaints.verification"]
#: everybody may do everything by their role: only the rules about persons stand in the way
WHO = st.sampled_from(
    ["seller", "colleague", "head", "other_head", "handler", "second_handler", "hr", "second_hr", "member"]
)
ALL_ROLES = ("service", "hr", "group")
#: more of them, and other ones each time, with CASE_EXAMPLES in the environment
EXAMPLES = int(os.environ.get("CASE_EXAMPLES", "10"))
ENDED = (State.CLOSED, State.DECLINED, State.WITHDRAWN, State.MERGED)


class CaseMachine(RuleBasedStateMachine):
    """Two or more cases of one company; every verb may be refused, none may fail otherwise."""

    cast = None
    cases = Bundle("cases")

    def __init__(self):
        super().__init__()
        self.now = at()
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self):
        try:
            self.nothing_is_wrong_at_the_end()
        finally:
            self.forget()

    def nothing_is_wrong_at_the_end(self):
        """What is dearer to ask: all that `verify` asks of cases, and everybody who judged against everybody named."""
        assert [sentence for check in CHECKS for sentence in check()] == []
        self.a_confirmed_finding_has_two_judges_outside_the_line()
        self.nobody_named_has_the_case()
        self.what_is_judged_is_judged_for_everybody_named()
        self.the_customer_reads_only_what_is_meant_for_them()

    def forget(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    def attempt(self, step, *args, **kwargs):
        try:
            return step(*args, at=self.now, **kwargs)
        except Refused as refusal:
            assert str(refusal.message)
            return None

    def someone(self, name):
        return getattr(self.cast, name)

    # ---- what comes in

    @initialize(target=cases)
    def first_case(self):
        return self.cast.receive(self.cast.seller, moment=self.now)

    @rule(target=cases, named=st.lists(WHO, max_size=2, unique=True), simple=st.booleans())
    def another_case(self, named, simple):
        problem = "waiting" if simple else "attitude"
        return self.cast.receive(
            *(self.someone(name) for name in named), moment=self.now, problem_type=problem
        )

    @rule(target=cases)
    def a_suggestion(self):
        return self.cast.receive(kind=Kind.SUGGESTION, moment=self.now)

    # ---- colleagues

    @rule(case=cases, by=WHO, handler=WHO, simple=st.booleans())
    def accept(self, case, by, handler, simple):
        chosen = CLASSES | {"class_code": "simple" if simple else "general"}
        self.attempt(
            handling.accept, case, by=self.someone(by).user, handler=self.someone(handler),
            department=self.cast.sales, **chosen,
        )  # fmt: skip

    @rule(case=cases, by=WHO, code=st.sampled_from(["simple", "general", "complex"]))
    def classify(self, case, by, code):
        self.attempt(handling.classify, case, by=self.someone(by).user, **CLASSES | {"class_code": code})

    @rule(case=cases, by=WHO, handler=WHO)
    def assign(self, case, by, handler):
        self.attempt(handling.assign, case, handler=self.someone(handler), by=self.someone(by).user)

    @rule(case=cases, by=WHO, investigator=WHO)
    def investigate(self, case, by, investigator):
        self.attempt(
            handling.investigate, case, investigator=self.someone(investigator), by=self.someone(by).user
        )

    @rule(case=cases, by=WHO)
    def ask(self, case, by):
        self.attempt(handling.ask, case, question="是哪一天的事", by=self.someone(by).user)

    @rule(case=cases, by=WHO)
    def extend(self, case, by):
        self.attempt(handling.extend, case, reason="还要等检测报告", by=self.someone(by).user)

    @rule(case=cases, by=WHO, named=WHO)
    def name(self, case, by, named):
        self.attempt(
            people.name_person,
            case,
            employee=self.someone(named),
            statement="没有接待",
            by=self.someone(by).user,
        )

    @rule(case=cases, by=WHO)
    def tell_all(self, case, by):
        for allegation in case.allegations.all():
            self.attempt(people.tell_person, allegation, by=self.someone(by).user)

    @rule(case=cases, by=WHO, verdict=st.sampled_from(Verdict.values))
    def propose(self, case, by, verdict):
        drafts = [findings.Draft(one, **FAULT | {"verdict": verdict}) for one in case.allegations.all()]
        self.attempt(findings.propose, case, drafts=drafts, by=self.someone(by).user)

    @rule(case=cases, by=WHO)
    def confirm(self, case, by):
        self.attempt(findings.confirm, case, by=self.someone(by).user)

    @rule(case=cases, by=WHO)
    def send_back(self, case, by):
        self.attempt(findings.send_back, case, reason="证据还不够", by=self.someone(by).user)

    @rule(case=cases, by=WHO)
    def answer(self, case, by):
        self.attempt(closing.answer, case, text="已与员工谈话", by=self.someone(by).user)

    @rule(case=cases, by=WHO)
    def ask_how_it_was(self, case, by):
        self.attempt(closing.record_asked, case, note="电话询问，客户满意", by=self.someone(by).user)

    @rule(case=cases, by=WHO)
    def decline(self, case, by):
        self.attempt(handling.decline, case, reason="不是我们的项目", by=self.someone(by).user)

    @rule(case=consumes(cases), into=cases, by=WHO)
    def merge(self, case, into, by):
        self.attempt(relations.merge, case, into=into, reason="同一件事", by=self.someone(by).user)

    @rule(target=cases, by=WHO)
    def unmerge(self, by):
        merged = Case.objects.filter(state=State.MERGED).order_by("pk").first()
        done = merged and self.attempt(relations.unmerge, merged, reason="是两件事", by=self.someone(by).user)
        return done or self.cast.receive(self.cast.seller, moment=self.now)

    @rule(case=cases, by=WHO)
    def split(self, case, by):
        self.attempt(relations.split, case, text="另外退款没到账", by=self.someone(by).user)

    # ---- whole courses, so that the far states are reached

    @rule(case=cases)
    def as_it_should_go(self, case):
        self.accept(case, "second_handler", "second_handler", False)
        self.investigate(case, "second_handler", "hr")
        self.propose(case, "hr", Verdict.PARTLY)

    @rule(case=cases)
    def to_the_end(self, case):
        self.as_it_should_go(case)
        self.confirm(case, "member")
        self.answer(case, "second_handler")

    # ---- the customer, and time

    @rule(case=cases)
    def customer_adds(self, case):
        self.attempt(tracking.add, case, text=f"补充 {self.now:%m%d%H}")

    @rule(case=cases)
    def customer_withdraws(self, case):
        self.attempt(tracking.withdraw, case, reason="已经解决")

    @rule(case=cases)
    def customer_reopens(self, case):
        self.attempt(tracking.reopen, case, reason=f"没有解决 {self.now:%m%d}")

    @rule(case=cases, rating=st.integers(1, 5))
    def customer_rates(self, case, rating):
        self.attempt(tracking.rate, case, rating=rating)

    @rule(days=st.sampled_from([1, 3, 12]))
    def time_passes(self, days):
        self.now += dt.timedelta(days=days)
        for tick in (handling.pause_due, handling.warn_due, closing.close_due):
            tick(self.now)

    # ---- what must hold

    def a_confirmed_finding_has_two_judges_outside_the_line(self):
        for found in Finding.objects.confirmed().select_related("case", "proposed_by", "confirmed_by"):
            assert found.proposed_by_id != found.confirmed_by_id
            judges = {employee_id_of(found.proposed_by), employee_id_of(found.confirmed_by)}
            assert not judges & set(excluded_from(found.case, found.confirmed_at))

    def nobody_named_has_the_case(self):
        for case in Case.objects.open():
            named = named_in(case)
            assert case.handler_id not in named and case.investigator_id not in set(
                excluded_from(case, self.now)
            )

    def what_is_judged_is_judged_for_everybody_named(self):
        judged = Case.objects.filter(state__in=(State.CONFIRMED, State.RESPONDED, State.CLOSED))
        for case in judged:
            confirmed = set(case.findings.confirmed().values_list("allegation", flat=True))
            asked = set(case.allegations.values_list("pk", flat=True))
            assert confirmed == asked or (not confirmed and not named_in(case))

    @invariant()
    def clocks_stay_within_the_policy(self):
        for case in Case.objects.exclude(state__in=ENDED):
            assert case.paused_days <= 10 and case.extensions <= 1 and case.reopened <= 2
            assert (case.state == State.WAITING) == (case.paused_at is not None)
            assert case.state not in (State.RESPONDED,) or case.first_answered_at is not None

    def the_customer_reads_only_what_is_meant_for_them(self):
        public = Entry.objects.filter(is_public=True).values_list("kind", flat=True).distinct()
        inside = {Entry.Kind.NOTE, Entry.Kind.INTERVIEW, Entry.Kind.EVIDENCE}
        assert not inside & set(public)


@pytest.mark.django_db
def test_whatever_is_tried_what_must_hold_holds():
    CaseMachine.cast = Cast()
    for name in (
        "seller",
        "colleague",
        "head",
        "other_head",
        "handler",
        "second_handler",
        "hr",
        "second_hr",
        "member",
    ):
        for code in ALL_ROLES:
            employee = getattr(CaseMachine.cast, name)
            role = Role.objects.get(company=CaseMachine.cast.company, code=code)
            if not employee.user.grants.filter(role=role).exists():
                factories.grant(employee.user, role)
    run_state_machine_as_test(
        CaseMachine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=25, deadline=None, database=None,
            derandomize="CASE_EXAMPLES" not in os.environ, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
