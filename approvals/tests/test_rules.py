"""Counting, as tables: what was said, and what comes of it."""

import datetime as dt

import pytest

from approvals import rules
from core.flow import Refused

GROUP = rules.Terms(
    quorum_bp=6667, approve_bp=5000, one_reject_ends=False, one_return_ends=False, is_blind=True
)


def terms(**changes):
    return rules.Terms(**{**GROUP.__dict__, **changes})


def ballots(said, recused=0, stand_ins=0):
    """'aar..' : a approve, r reject, t return, . silent."""
    words = {"a": "approve", "r": "reject", "t": "return", ".": ""}
    seats = [rules.Ballot(choice=words[letter]) for letter in said]
    seats += [rules.Ballot(is_recused=True)] * recused
    return seats[stand_ins:] + [
        rules.Ballot(is_stand_in=True, choice=seat.choice) for seat in seats[:stand_ins]
    ]


@pytest.mark.parametrize(
    ("members", "share", "quorum"),
    [(3, 6667, 2), (6, 6667, 4), (7, 6667, 5), (8, 6667, 6), (6, 6666, 4), (4, 5000, 2),
     (5, 5000, 3), (1, 6667, 1), (5, 10_000, 5), (0, 6667, 1)],
)  # fmt: skip
def test_quorum_is_the_least_number_that_reaches_the_share(members, share, quorum):
    assert rules.quorum_of(members, share) == quorum


@pytest.mark.parametrize(
    ("members", "share", "needed"), [(6, 5000, 4), (7, 5000, 4), (3, 5000, 2), (1, 5000, 1), (3, 6667, 3)]
)
def test_approvals_must_be_more_than_the_share(members, share, needed):
    assert rules.approvals_needed(members, share) == needed


@pytest.mark.parametrize(
    ("said", "recused", "outcome"),
    [
        ("aaaa..", 0, rules.CARRIED),
        ("aaa...", 0, rules.OPEN),
        ("aaar..", 0, rules.OPEN),
        ("aaaar.", 1, rules.CARRIED),
        ("aaa.", 0, rules.CARRIED),
        ("aa.", 0, rules.CARRIED),
        ("a..", 0, rules.OPEN),
        ("......", 0, rules.OPEN),
        ("rrr...", 0, rules.REJECTED),
        ("rr....", 0, rules.OPEN),
        ("ttr...", 0, rules.RETURNED),
        ("trr...", 0, rules.REJECTED),
        ("aaarrr", 0, rules.REJECTED),
        ("a", 0, rules.CARRIED),
    ],
)
def test_outcome_follows_from_what_was_said_and_never_from_silence(said, recused, outcome):
    assert rules.count(ballots(said, recused), GROUP).outcome == outcome


@pytest.mark.parametrize(
    ("said", "changes", "outcome"),
    [
        ("r.....", {"one_reject_ends": True}, rules.REJECTED),
        ("t.....", {"one_return_ends": True}, rules.RETURNED),
        ("aaaar.", {"one_reject_ends": True}, rules.REJECTED),
        ("aaaa..", {"quorum_bp": 10_000}, rules.OPEN),
        ("aaaarr", {"quorum_bp": 10_000}, rules.CARRIED),
    ],
)
def test_terms_of_the_committee_decide(said, changes, outcome):
    assert rules.count(ballots(said), terms(**changes)).outcome == outcome


def weighted(said):
    """'a3r1.2': a choice and its weight, seat by seat."""
    words = {"a": "approve", "r": "reject", "t": "return", ".": ""}
    pairs = zip(said[::2], said[1::2], strict=True)
    return [rules.Ballot(choice=words[letter], weight=int(weight)) for letter, weight in pairs]


@pytest.mark.parametrize(
    ("said", "outcome", "needed"),
    [
        ("a3a1.1", rules.CARRIED, 3),
        ("a3.1.1", rules.OPEN, 3),
        ("a1a1.3", rules.OPEN, 3),
        ("a1a1r3", rules.REJECTED, 3),
        ("r3.1.1", rules.REJECTED, 3),
        ("a2a1r1t2", rules.RETURNED, 4),
        ("a5.1.1.1", rules.OPEN, 5),
        ("a5a1.1.1", rules.OPEN, 5),
        ("a5a1t1.1", rules.CARRIED, 5),
    ],
)
def test_weights_decide_but_heads_make_the_quorum(said, outcome, needed):
    tally = rules.count(weighted(said), terms(is_weighted=True))
    assert (tally.outcome, tally.needed) == (outcome, needed)


@pytest.mark.parametrize(
    ("outcome", "choice", "is_dissent"),
    [
        (rules.CARRIED, "approve", False),
        (rules.CARRIED, "reject", True),
        (rules.CARRIED, "return", True),
        (rules.REJECTED, "approve", True),
        (rules.RETURNED, "reject", True),
        (rules.RETURNED, "return", False),
        (rules.OPEN, "reject", False),
        ("withdrawn", "reject", False),
    ],
)
def test_dissent_is_what_was_voted_otherwise_than_decided(outcome, choice, is_dissent):
    assert rules.dissents(outcome, choice) is is_dissent


def day(number):
    return dt.date(2026, 11, number)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, None),
        ({"ends_on": day(3)}, "ends_on"),
        ({"starts_on": day(1), "ends_on": day(3)}, "ends_on"),
        ({"starts_on": day(3)}, "starts_on"),
        ({"is_self": True}, "delegate"),
        ({"is_member": False}, "starts_on"),
        ({"may_vote": False}, "delegate"),
    ],
)
def test_delegations_that_cannot_be_are_refused_at_their_field(changes, field):
    facts = {"starts_on": day(4), "ends_on": day(9), "today": day(4)}
    facts |= {"is_self": False, "is_member": True, "may_vote": True} | changes
    if field is None:
        assert rules.refuse_delegation(**facts) is None
        return
    with pytest.raises(Refused) as refusal:
        rules.refuse_delegation(**facts)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("gives", "holds", "days", "field"),
    [
        ("me", "x", (4, 9), "starts_on"),
        ("me", "x", (10, 12), None),
        ("you", "x", (9, 12), "delegate"),
        ("x", "me", (1, 4), "starts_on"),
        ("x", "you", (4, 9), None),
        ("x", "y", (4, 9), None),
    ],
)
def test_a_vote_is_given_once_at_a_time_and_never_passed_on(gives, holds, days, field):
    others = [(day(days[0]), day(days[1]), gives, holds)]
    if field is None:
        assert rules.refuse_chain(day(4), day(9), "me", "you", others) is None
        return
    with pytest.raises(Refused) as refusal:
        rules.refuse_chain(day(4), day(9), "me", "you", others)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("is_chair", "has_chair", "is_member", "may_sign"),
    [
        (True, True, True, True),
        (False, True, True, False),
        (False, False, True, True),
        (False, False, False, False),
    ],
)
def test_the_chair_signs_and_without_one_any_member(is_chair, has_chair, is_member, may_sign):
    facts = {"is_chair": is_chair, "has_chair": has_chair, "is_member": is_member}
    if may_sign:
        assert rules.refuse_signing(**facts) is None
        return
    with pytest.raises(Refused):
        rules.refuse_signing(**facts)


def test_the_quorum_is_recounted_after_recusal():
    before, after = rules.count(ballots("......."), GROUP), rules.count(ballots("......", recused=1), GROUP)
    assert (before.quorum, before.entitled) == (5, 7)
    assert (after.quorum, after.needed, after.entitled, after.recused) == (4, 4, 6, 1)


def test_too_many_recusals_leave_the_motion_open_whatever_is_said():
    tally = rules.count(ballots("a", recused=2), GROUP)
    assert (tally.is_quorum_possible, tally.outcome) == (False, rules.OPEN)


def test_a_stand_in_makes_the_quorum_possible_again():
    tally = rules.count(ballots("aa", recused=2, stand_ins=1), GROUP)
    assert (tally.is_quorum_possible, tally.outcome) == (True, rules.CARRIED)


def test_silent_members_are_counted_as_silent():
    tally = rules.count(ballots("aar..."), GROUP)
    assert (tally.voted, tally.missing, tally.silent, tally.is_quorum_met) == (3, 1, 3, False)


@pytest.mark.parametrize(
    ("choice", "reason", "field"),
    [("", "", "choice"), ("yes", "", "choice"), ("reject", "  ", "reason"), ("return", "", "reason")],
)
def test_a_ballot_without_choice_or_reason_is_refused(choice, reason, field):
    with pytest.raises(Refused) as refusal:
        rules.refuse_bad_choice(choice, reason)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"is_needed": False}, "instead_of"),
        ({"is_excluded": True}, "employee"),
        ({"is_seated": True}, "employee"),
        ({"may_vote": False}, "employee"),
    ],
)
def test_stand_ins_who_may_not_are_refused(facts, field):
    fine = {"is_excluded": False, "is_seated": False, "may_vote": True, "is_needed": True}
    rules.refuse_stand_in(**fine)
    with pytest.raises(Refused) as refusal:
        rules.refuse_stand_in(**fine | facts)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("start", "end", "is_refused"),
    [((2026, 1), None, True), ((2025, 1), (2025, 6), False), ((2025, 1), (2026, 3), True),
     ((2027, 1), None, False), ((2026, 5), (2026, 1), True)],
)  # fmt: skip
def test_terms_of_one_person_do_not_overlap(start, end, is_refused):
    first = dt.date(*start, 1)
    last = dt.date(*end, 1) if end else None
    taken = [(dt.date(2026, 2, 1), dt.date(2026, 12, 31))]
    if is_refused:
        with pytest.raises(Refused):
            rules.refuse_overlapping_terms(first, last, taken)
    else:
        rules.refuse_overlapping_terms(first, last, taken)
