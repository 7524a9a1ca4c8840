"""What this room puts into sidebar, inbox, search and the group's ballots."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.topics import Question, Topic, topics
from core.access import may
from core.navigation import InboxItem, NavItem, SearchHit
from core.registries import inbox_counts, inbox_sources, navigation, searches
from incentives import evidence_words, unit_hit_pages, wording
from incentives.dossier import Dossier
from incentives.evidence import read
from incentives.models import Case, Decision, Hearing, Rule, Talk
from incentives.policy import limits_on
from incentives.queue import cases_for, in_order, rows_of, with_stage, with_surroundings
from incentives.rules import batch_key, is_small
from organization.scopes import employee_id_of, today

REWARDS = gettext_lazy("Rewards and penalties")
OWN = gettext_lazy("Myself")
LOOK_UP = gettext_lazy("Company")
TOPIC = "incentives.decision"
MOST = 100
#: stages at which HR has to do something
WITH_HR = ("to_propose", "hearing")


def question(decision):
    """'Do you approve: 方磊, −3 points for Oct, and an admonishing talk?'"""
    effects = wording.effects_text(decision.effects, decision.counts_for)
    return _("Do you approve: %(name)s, %(effects)s?") % {"name": decision.employee.name, "effects": effects}


def topic_title(pk):
    return question(Decision.objects.select_related("employee").get(pk=pk))


def topic_questions(ids):
    related = ("employee", "company", "rule__clause", "case")
    found = list(Decision.objects.filter(pk__in=ids).select_related(*related))
    penalties = [decision for decision in found if decision.direction == Rule.Direction.PENALTY]
    limits = limits_on(penalties[0].company, today()) if penalties else None
    hearings = {one.decision_id: one for one in Hearing.objects.filter(decision__in=penalties).order_by("pk")}
    return {decision.pk: _question(decision, limits, hearings.get(decision.pk)) for decision in found}


def _question(decision, limits, hearing):
    evidence = read(decision.case.evidence)
    clause = f"{wording.in_language(decision.rule, 'title')} · {decision.rule.clause.number}"
    return Question(
        title=question(decision),
        detail=" · ".join(part for part in (clause, *_on_penalty(decision, hearing)) if part),
        figure=evidence.pooled if evidence else None,
        is_batchable=_is_batchable(decision, limits),
        batch=batch_key(decision.direction, decision.rule_code, decision.effects),
        batch_title=f"{clause} · {wording.effects_text(decision.effects)}",
    )


def _on_penalty(decision, hearing):
    """What set it off, and what came of the hearing: what a voter on many lines has to see of each."""
    if decision.direction == Rule.Direction.REWARD:
        return ()
    return evidence_words.lead_in_list(decision.case), wording.heard_text(hearing)


def _is_batchable(decision, limits):
    """Rewards, and penalties no larger than the policy of today allows in a batch."""
    return decision.direction == Rule.Direction.REWARD or is_small(
        decision.effects, most_points=limits.batch_points, most_fen=limits.batch_fen
    )


def topic_find(company, words):
    """Decisions about a person of this name, with this number or under this rule."""
    match = Q(employee__name__icontains=words) | Q(number__icontains=words) | Q(rule__title__icontains=words)
    return Decision.objects.filter(match, company=company).order_by().values("pk")


def topic_context(motion, user):
    """The case as the ballot shows it; seats are the right to see it, so no other scope is asked."""
    decision = Decision.objects.get(pk=motion.topic_id)
    case = with_surroundings(Case.objects).get(pk=decision.case_id)
    return {
        "dossier": Dossier.of(case),
        "may_see_why": may(user, "incentives.view"),
        "afterwards": _(
            "Letter to the employee, then the appeal window; only when it has passed is anything posted. "
            "While an appeal runs, nothing is posted."
        ),
    }


def queue_inbox(user, company, at):
    """HR: cases to propose, hear or send."""
    if not may(user, "incentives.propose"):
        return []
    waiting = in_order(cases_for(user, company)).filter(stage__in=WITH_HR)
    headless = unit_hit_pages.open_hits(user, company)[:MOST]
    return [_queue_item(row, at) for row in rows_of(waiting[:MOST])] + [_unit_item(one) for one in headless]


def queue_counts(user, company):
    """How many items `queue_inbox` has, in a statement for each kind."""
    if not may(user, "incentives.propose"):
        return {}
    cases = with_stage(Case.objects.visible_to(user).filter(company=company)).filter(stage__in=WITH_HR)
    return {
        "incentives.proposal": cases[:MOST].count(),
        "incentives.unit_hit": unit_hit_pages.open_hits(user, company).order_by()[:MOST].count(),
    }


def _unit_item(unit_hit):
    return InboxItem(
        kind="incentives.unit_hit",
        title=unit_hit_pages.title_of(unit_hit),
        url=unit_hit.get_absolute_url(),
        detail=f"{wording.in_language(unit_hit.rule, 'title')} · {unit_hit.rule.clause.number}",
        action=_("Enter the head, or set it aside"),
        icon="person-x",
    )


def _queue_item(row, at):
    return InboxItem(
        kind="incentives.proposal",
        title=row.title,
        url=reverse("incentives_case", args=[row.pk]),
        detail=f"{row.rule_title} · {row.case.rule.clause.number}",
        action=_("Read the statement")
        if row.hearing and row.hearing.statement
        else _("Look at the proposal"),
        due_at=row.due_at,
        icon="file-earmark-text",
    )


def own_inbox(user, company, at):
    """The employee: hearings to answer, letters to confirm, talks to acknowledge."""
    employee_id = employee_id_of(user)
    if employee_id is None or not may(user, "incentives.view_own"):
        return []
    return [*_own_hearings(employee_id), *_own_letters(employee_id), *_own_talks(employee_id)]


def _own_hearings(employee_id):
    mine = Hearing.objects.open().filter(decision__employee_id=employee_id, stated_at=None)
    for hearing in mine.select_related("decision"):
        yield InboxItem(
            kind="incentives.hearing",
            title=_("You are heard before a decision"),
            url=reverse("my_hearing", args=[hearing.pk]),
            detail=wording.effects_text(hearing.decision.effects, hearing.decision.counts_for),
            action=_("Make a statement"),
            due_at=hearing.due_at,
            icon="chat-left-dots",
        )


def _own_letters(employee_id):
    for decision in Decision.objects.filter(
        employee_id=employee_id, state=Decision.State.ISSUED, received_at=None
    ).select_related("employee"):
        yield InboxItem(
            kind="incentives.letter",
            title=_("A decision on you was issued"),
            url=reverse("my_decision", args=[decision.pk]),
            detail=wording.effects_text(decision.effects, decision.counts_for),
            action=_("Read and confirm receipt"),
            due_at=decision.appeal_until,
            icon="envelope",
        )


def _own_talks(employee_id):
    for talk in Talk.objects.filter(employee_id=employee_id, state=Talk.State.HELD).select_related("head"):
        yield InboxItem(
            kind="incentives.my_talk",
            title=_("Minutes of your talk with %(name)s") % {"name": talk.head.name},
            url=reverse("my_talk", args=[talk.pk]),
            action=_("Read and acknowledge"),
            icon="journal-check",
        )


def talk_inbox(user, company, at):
    """The head: talks to hold."""
    employee_id = employee_id_of(user)
    if employee_id is None or not may(user, "incentives.hold_talk"):
        return []
    waiting = Talk.objects.filter(head_id=employee_id, company=company, state=Talk.State.SCHEDULED)
    return [
        InboxItem(
            kind="incentives.talk",
            title=_("Talk with %(name)s") % {"name": talk.employee.name},
            url=reverse("talk", args=[talk.pk]),
            detail=_("Hold it, then write the minutes."),
            action=_("Record the talk"),
            due_at=talk.due_at,
            icon="chat-square-text",
        )
        for talk in waiting.select_related("employee")
    ]


def search(user, company, words):
    """Cases by name, decision number or clause, for those who may read them."""
    if not may(user, "incentives.view"):
        return []
    match = Q(employee__name__icontains=words) | Q(decisions__number__icontains=words)
    match |= Q(rule__clause__number__icontains=words)
    found = cases_for(user, company).filter(match).order_by("-found_at", "-pk").distinct()
    return [
        SearchHit(
            row.title, reverse("incentives_case", args=[row.pk]), f"{row.rule_title} · {row.state_display}"
        )
        for row in rows_of(found[:20])
    ]


search.heading = gettext_lazy("Rewards and penalties")


def register():
    entries = [
        (
            "queue",
            gettext_lazy("Proposals"),
            "file-earmark-text",
            "incentives_queue",
            "incentives.propose",
            REWARDS,
        ),
        (
            "execution",
            gettext_lazy("Execution list"),
            "check2-square",
            "execution",
            "incentives.propose",
            REWARDS,
        ),
        ("duties", gettext_lazy("Duties"), "list-check", "duties", "incentives.propose", REWARDS),
        ("ledger", gettext_lazy("Ledger"), "journal-text", "ledger", "incentives.view", REWARDS),
        ("payroll", gettext_lazy("Payroll files"), "wallet2", "payroll", "incentives.payroll", REWARDS),
        (
            "talks",
            gettext_lazy("Talks"),
            "chat-square-text",
            "talks",
            "incentives.hold_talk",
            gettext_lazy("My department"),
        ),
        (
            "owed",
            gettext_lazy("Duties"),
            "list-check",
            "duties",
            "incentives.hold_talk",
            gettext_lazy("My department"),
        ),
        (
            "own",
            gettext_lazy("My ledger"),
            "journal-bookmark",
            "my_ledger",
            "incentives.view_own",
            gettext_lazy("Myself"),
        ),
        (
            "notices",
            gettext_lazy("Commendations"),
            "award",
            "notices",
            "policies.view",
            gettext_lazy("Company"),
        ),
    ]
    counted = {"queue": "incentives.proposal", "talks": "incentives.talk"}
    for place, (name, label, icon, url_name, verb, group) in enumerate(entries):
        item = NavItem(label, icon, url_name, (verb,), group, counts=counted.get(name, ""))
        navigation.register(f"incentives.{name}", item, order=ORDERS[name] + place)
    inbox_sources.register("incentives.queue", queue_inbox)
    inbox_counts.register("incentives.queue", queue_counts)
    inbox_sources.register("incentives.own", own_inbox)
    inbox_sources.register("incentives.talks", talk_inbox)
    searches.register("incentives", search, order=30)
    topics.register(
        TOPIC, Topic(topic_title, "incentives/ballot.html", topic_context, topic_questions, topic_find)
    )


#: place in the sidebar; a group stands where its first item does
ORDERS = dict.fromkeys(("queue", "execution", "duties", "ledger", "payroll"), 30)
ORDERS |= {"talks": 32, "owed": 32, "own": 87, "notices": 67}
