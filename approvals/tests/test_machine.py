"""Members, delegates, stand-ins and strangers try anything in any order: what must hold of votes always holds."""

import datetime as dt
import os
from math import ceil, floor

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from approvals import services, verification
from approvals.models import Delegation, Motion, Seat, Vote
from approvals.tests import build
from core.flow import Refused
from organization.scopes import employee_id_of
from tests.factories import at

MEMBERS = 4
#: the members, then a colleague who may stand in or stand for somebody, then who puts the motions
PEOPLE = st.integers(0, MEMBERS + 1)
SEATED = st.integers(0, MEMBERS - 1)
CHOICES = st.sampled_from(["approve", "approve", "reject", "return"])
EXAMPLES = int(os.environ.get("VOTE_EXAMPLES", "15"))

#: who is concerned, and who has given their vote to whom: the ways in which the two meet
BEGINNINGS = [
    ((MEMBERS,), ((0, MEMBERS),)),
    ((), ((0, 1), (2, MEMBERS))),
    ((0,), ((0, 1),)),
    ((1, MEMBERS), ((0, 1), (2, MEMBERS))),
    ((2, 3), ((1, 0),)),
]
#: a shorter way to a failure is looked for only when somebody looks on: it takes minutes
PHASES = [Phase.generate, Phase.shrink] if "VOTE_EXAMPLES" in os.environ else [Phase.generate]


class VoteMachine(RuleBasedStateMachine):
    """One question of one small committee, so that what is tried meets often."""

    company = None

    def __init__(self):
        super().__init__()
        self.now = at()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.closed = {}

    def teardown(self):
        try:
            self.at_last_everybody_tries_everything()
            assert list(verification.violations()) == []
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    def at_last_everybody_tries_everything(self):
        self.everybody_tries_to_vote_for_everybody("approve")
        for who in range(len(self.people)):
            self.recuse(who)
            self.vote([(who, "approve")])
        self.a_seat_has_one_vote_of_its_holder_or_their_delegate()
        self.whoever_is_concerned_has_not_voted()
        self.what_is_closed_stays_as_it_was()
        self.carried_is_only_what_quorum_and_threshold_of_the_entitled_carry()

    @initialize(
        quorum=st.sampled_from([5000, 6667, 10_000]),
        approve=st.sampled_from([0, 5000, 6667]),
        one_reject=st.booleans(),
        weights=st.none() | st.lists(st.integers(1, 4), min_size=MEMBERS, max_size=MEMBERS),
        beginning=st.sampled_from(BEGINNINGS),
    )
    def a_committee(self, quorum, approve, one_reject, weights, beginning):
        concerned, given = beginning
        self.committee = build.make_committee(
            self.company,
            quorum_bp=quorum,
            approve_bp=approve,
            one_reject_ends=one_reject,
            one_return_ends=False,
            is_weighted=weights is not None,
        )
        members = build.make_members(self.committee, MEMBERS)
        for user, weight in zip(members, weights or [1] * MEMBERS, strict=True):
            self.committee.memberships.filter(employee=user.employee).update(weight=weight)
        self.people = [*members, build.make_colleague(self.committee), build.make_proposer(self.committee)]
        self.concerned = {self.people[place].employee.pk: "subject" for place in concerned}
        for who, to in given:
            self.give(who, to, 0, 5)
        self.put()

    def attempt(self, step, *args, **kwargs):
        try:
            with transaction.atomic():
                return step(*args, at=self.now, **kwargs)
        except Refused as refusal:
            assert str(refusal.message)
            return None

    def put(self):
        self.attempt(
            lambda at: build.make_motion(
                self.committee, proposed_by=self.people[-1], excluded=self.concerned, at=at
            )
        )

    @property
    def motion(self):
        return Motion.objects.order_by("-pk").first()

    @rule(ballots=st.lists(st.tuples(PEOPLE, CHOICES), min_size=2, max_size=4))
    def vote(self, ballots):
        for who, choice in ballots:
            self.attempt(services.cast_vote, self.motion, choice=choice, reason="依据", by=self.people[who])

    @rule(choice=CHOICES)
    def everybody_tries_to_vote_for_everybody(self, choice):
        for member in self.people[:MEMBERS]:
            for user in self.people:
                self.attempt(
                    services.cast_vote,
                    self.motion,
                    choice=choice,
                    reason="依据",
                    on_behalf_of=member.employee,
                    by=user,
                )

    @rule(who=PEOPLE)
    def recuse(self, who):
        self.attempt(services.recuse, self.motion, note="亲属", by=self.people[who])

    @rule(by=SEATED, stand_in=PEOPLE, choice=CHOICES)
    def fill_recused_seats(self, by, stand_in, choice):
        for member in self.people[:MEMBERS]:
            self.attempt(
                services.name_stand_in,
                self.motion,
                employee=self.people[stand_in].employee,
                instead_of=member.employee,
                by=self.people[by],
            )
        self.vote([(stand_in, choice)])

    @rule(who=SEATED, to=PEOPLE, start=st.sampled_from([0, 0, 0, 2]), days=st.integers(0, 5))
    def give(self, who, to, start, days):
        first = self.now.date() + dt.timedelta(days=start)
        self.attempt(
            services.give_delegation,
            self.committee,
            delegate=self.people[to].employee,
            starts_on=first,
            ends_on=first + dt.timedelta(days=days),
            by=self.people[who],
        )

    @rule(who=PEOPLE)
    def end(self, who):
        for given in Delegation.objects.standing():
            self.attempt(services.end_delegation, given, by=self.people[who])

    @rule(who=st.sampled_from([0, 0, MEMBERS + 1]))
    def withdraw_and_put_again(self, who):
        self.attempt(services.withdraw, self.motion, by=self.people[who])
        self.put()

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours):
        self.now += dt.timedelta(hours=hours)
        services.remind(self.now)

    @invariant()
    def a_seat_has_one_vote_of_its_holder_or_their_delegate(self):
        for vote in Vote.objects.select_related("seat__motion", "cast_by__employee", "delegation"):
            caster = employee_id_of(vote.cast_by)
            if vote.delegation is None:
                assert caster == vote.seat.employee_id
            else:
                day = vote.cast_at.astimezone(self.now.tzinfo).date()
                assert vote.delegation.starts_on <= day <= vote.delegation.ends_on
                assert (vote.delegation.principal_id, vote.delegation.delegate_id) == (
                    vote.seat.employee_id,
                    caster,
                )

    @invariant()
    def whoever_is_concerned_has_not_voted(self):
        for vote in Vote.objects.select_related("seat__motion", "cast_by__employee"):
            motion, caster = vote.seat.motion, employee_id_of(vote.cast_by)
            assert vote.seat.recused_at is None
            assert not {str(caster), str(vote.seat.employee_id)} & set(motion.excluded)
            assert not motion.seats.filter(employee_id=caster).exclude(recused_at=None).exists()
            assert vote.cast_by_id != motion.proposed_by_id

    @invariant()
    def what_is_closed_stays_as_it_was(self):
        for motion in Motion.objects.exclude(closed_at=None):
            votes = sorted(Vote.objects.filter(seat__motion=motion).values_list("pk", "choice"))
            now = (motion.state, motion.closed_at, votes)
            assert self.closed.setdefault(motion.pk, now) == now

    @invariant()
    def carried_is_only_what_quorum_and_threshold_of_the_entitled_carry(self):
        for motion in Motion.objects.filter(state=Motion.State.CARRIED):
            seats = list(Seat.objects.filter(motion=motion, recused_at=None).select_related("vote"))
            voted = [seat for seat in seats if hasattr(seat, "vote")]
            approved = sum(seat.weight for seat in voted if seat.vote.choice == "approve")
            terms = motion.terms
            # two thirds are written 6667 and mean the share rounded to its basis point
            assert len(voted) >= ceil(len(seats) * (terms["quorum_bp"] - 0.5) / 10_000)
            assert approved > floor(sum(seat.weight for seat in seats) * terms["approve_bp"] / 10_000)
            if terms["one_reject_ends"]:
                assert all(seat.vote.choice != "reject" for seat in voted)

    @invariant()
    def one_question_is_open_or_carried_once(self):
        assert Motion.objects.filter(state__in=["open", "carried"]).count() <= 1

    @invariant()
    def nobody_gives_twice_and_nobody_passes_on(self):
        for one in (standing := list(Delegation.objects.standing())):
            for other in standing:
                if one.pk == other.pk or one.starts_on > other.ends_on or other.starts_on > one.ends_on:
                    continue
                assert one.principal_id != other.principal_id
                assert one.delegate_id != other.principal_id


@pytest.mark.django_db
def test_whatever_is_tried_votes_stay_fair(company):
    VoteMachine.company = company
    run_state_machine_as_test(
        VoteMachine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=20, deadline=None, database=None,
            derandomize="VOTE_EXAMPLES" not in os.environ, phases=PHASES, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
