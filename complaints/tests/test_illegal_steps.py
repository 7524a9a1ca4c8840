"""The state machine of workflows.md, turned round: every step in every state in which it does not belong is refused."""

import re

import pytest
from django.db import transaction

from audit.models import AuditRow
from complaints.models import Case, Entry, Kind, State
from complaints.services import closing, findings, handling, people, praise, relations, tracking
from complaints.tests.build_b import CLASSES, Cast
from core.flow import Refused
from tests.factories import at

TRIAGE = {State.RECEIVED, State.ACCEPTED}
OPEN = {State.RECEIVED, State.ACCEPTED, State.INVESTIGATING, State.WAITING}
RUNNING = OPEN - {State.WAITING} | {State.PROPOSED, State.CONFIRMED, State.PROVED, State.ATTRIBUTED}
ENDED = {State.CLOSED, State.DECLINED, State.WITHDRAWN}
SAYS = {"at": at()}


class Table:
    """One case of a kind, put into a state by hand; another one beside it to merge into."""

    def __init__(self, cast, kind):
        self.cast, named = cast, [cast.seller] if kind == Kind.COMPLAINT else []
        self.case = cast.receive(*named, kind=kind, praise_form="pennant")
        self.other = cast.receive(kind=kind)

    def put(self, state):
        paused = at() if state == State.WAITING else None
        asked = at() if state == State.CLOSED else None
        leading = self.other if state == State.MERGED else None
        Case.objects.filter(pk=self.case.pk).update(
            state=state, paused_at=paused, asked_at=asked, merged_into=leading, handler=self.cast.handler
        )
        self.case = Case.objects.get(pk=self.case.pk)


def by(cast, who="handler", **more):
    return {"by": getattr(cast, who).user, "at": at()} | more


def steps(table):
    """{step: (call, states in which it belongs)}"""
    cast, case = table.cast, table.case
    chosen = CLASSES if case.kind == Kind.COMPLAINT else {}
    drafts = [findings.Draft(one, verdict="not", reasons="没有依据") for one in case.allegations.all()]
    return {
        "accept": (lambda: handling.accept(case, **by(cast, handler=cast.handler, **chosen)), {State.RECEIVED}),
        "decline": (lambda: handling.decline(case, **by(cast, reason="不归我们管")), TRIAGE | {State.PROVED}),
        "classify": (lambda: handling.classify(case, **by(cast, **chosen)), RUNNING | OPEN - TRIAGE | {State.ACCEPTED}),
        "assign": (lambda: handling.assign(case, **by(cast, handler=cast.second_handler)), RUNNING | OPEN),
        "investigate": (
            lambda: handling.investigate(case, **by(cast, investigator=cast.hr)),
            {State.ACCEPTED, State.INVESTIGATING} if case.kind == Kind.COMPLAINT else set(),
        ),
        "ask": (lambda: handling.ask(case, **by(cast, question="哪一天")), {State.ACCEPTED, State.INVESTIGATING}),
        "resume": (lambda: handling.resume(case, **by(cast)), {State.WAITING}),
        "extend": (lambda: handling.extend(case, **by(cast, reason="等检测报告")), RUNNING),
        "name": (
            lambda: people.name_person(case, **by(cast, employee=cast.colleague, statement="也在场")),
            OPEN if case.kind == Kind.COMPLAINT else set(),
        ),
        "progress": (
            lambda: handling.write_entry(case, **by(cast, kind=Entry.Kind.PROGRESS, text="正在办理")),
            RUNNING | OPEN | {State.RESPONDED},
        ),
        "propose": (lambda: findings.propose(case, **by(cast, "hr", drafts=drafts)), {State.INVESTIGATING}),
        "confirm": (lambda: findings.confirm(case, **by(cast, "member")), {State.PROPOSED}),
        "send_back": (lambda: findings.send_back(case, **by(cast, "member", reason="证据不足")), {State.PROPOSED}),
        "answer": (
            lambda: closing.answer(case, **by(cast, text="已处理")),
            {State.CONFIRMED} | ({State.ACCEPTED} if case.kind == Kind.SUGGESTION else set()),
        ),
        "asked": (lambda: closing.record_asked(case, **by(cast, note="电话征求过")), {State.RESPONDED}),
        "merge": (
            lambda: relations.merge(case, **by(cast, into=table.other, reason="同一件事")), OPEN | {State.PROVED}
        ),
        "unmerge": (lambda: relations.unmerge(case, **by(cast, reason="是两件事")), {State.MERGED}),
        "split": (lambda: relations.split(case, **by(cast, text="另外一件事")), OPEN),
        "follow_up": (lambda: relations.follow_up(case, **by(cast, text="又发生了")), ENDED | {State.RESPONDED}),
        "prove": (
            lambda: praise.prove(case, **by(cast, proof="call", call_outcome="genuine", note="今天十点核实")),
            TRIAGE if case.kind == Kind.PRAISE else set(),
        ),
        "attribute": (
            lambda: praise.attribute(case, **by(cast, shares={cast.seller: 10_000})),
            {State.PROVED} if case.kind == Kind.PRAISE else set(),
        ),
        "return_shares": (
            lambda: praise.return_shares(case, **by(cast, "member", reason="份额不对")),
            {State.ATTRIBUTED} if case.kind == Kind.PRAISE else set(),
        ),
        "confirm_praise": (
            lambda: praise.confirm_praise(case, **by(cast, "member")),
            {State.ATTRIBUTED} if case.kind == Kind.PRAISE else set(),
        ),
        "rate": (lambda: tracking.rate(case, rating=5, **SAYS), {State.RESPONDED, State.CLOSED}),
        "reopen": (lambda: tracking.reopen(case, reason="没有解决", **SAYS), {State.RESPONDED, State.CLOSED}),
        "withdraw": (lambda: tracking.withdraw(case, **SAYS), OPEN | {State.PROPOSED}),
    }  # fmt: skip


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.PRAISE, Kind.SUGGESTION])
def test_a_step_out_of_its_place_is_refused_in_words_and_changes_nothing(kind, db):
    table = Table(Cast(), kind)
    silent = []
    for state in State.values:
        table.put(state)
        before = AuditRow.objects.count()
        for name, (step, places) in steps(table).items():
            if state in places or (state == State.MERGED and name in ("rate", "reopen")):
                continue  # of a merged case the customer does it to the leading one
            with transaction.atomic():
                sentence = refusal_of(step)
                if not re.search(r"[一-龥]{4}.*[。？]$", sentence):
                    silent.append((state, name, sentence))
                transaction.set_rollback(True)
        table.case.refresh_from_db()
        assert (table.case.state, AuditRow.objects.count()) == (state, before)
    assert silent == []


def refusal_of(step):
    try:
        step()
    except Refused as refused:
        return str(refused.message)
    return "done"
