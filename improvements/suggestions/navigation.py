"""The suggestion box in sidebar, inbox and search."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import may
from core.navigation import InboxItem, NavItem, SearchHit
from core.period import SHANGHAI
from core.registries import inbox_sources, navigation, searches
from improvements.models import Opinion, Suggestion
from improvements.models.suggestions import ADVISE, ASSESS, SEE, SUGGEST
from improvements.services.suggestion_assessment import hindrance_to_advise
from improvements.suggestions.policy import Boxes
from organization.models import Assignment
from organization.scopes import employee_id_of, headed_by, reach_of, with_descendants

DESK, OWN = "improvements.suggestion", "improvements.my_suggestion"
MOST = 100
MOST_HITS = 8
State = Suggestion.State


def desk_inbox(user, company, at):
    """Who assesses: to assess, to record, to measure, to confirm."""
    if not may(user, ASSESS):
        return []
    day = at.astimezone(SHANGHAI).date()
    states = (State.SUBMITTED, State.TRIAL, State.ADOPTED, State.IMPLEMENTED, State.MEASURED)
    waiting = Suggestion.objects.for_others(user).filter(company=company, state__in=states)
    waiting = waiting.order_by("due_at", "pk")[:MOST]
    items, boxes, led = [], Boxes(company), None
    for one in waiting:
        action = _action(one, user, day)
        if not action:
            continue
        led = led_by(user, company, day) if led is None else led
        if one.author_id not in led or not boxes.on(one.submitted_at).bar_line:
            items.append(_item(one, action))
    return items


def led_by(user, company, day):
    """Ids of the employees whose superior this user is on that day: three statements, however many they are."""
    headed = headed_by(user, day)
    if not headed:
        return set()
    within = with_descendants(headed, company.pk)
    places = Assignment.objects.on(day).filter(department_id__in=within)
    return set(places.values_list("employee_id", flat=True)) - {employee_id_of(user)}


def _action(one, user, day):
    if one.state == State.SUBMITTED:
        return _("Assess it")
    if one.state == State.TRIAL and one.trial_until < day:
        return _("The trial has ended: decide")
    if one.state == State.ADOPTED:
        return _("Record when it is carried out")
    if one.state == State.IMPLEMENTED:
        last = one.implemented_on + dt.timedelta(days=one.window_days)
        return _("Measure the effect") if last <= day else ""
    if one.state == State.MEASURED and one.measured_by_id != user.pk:
        return _("Confirm the effect")
    return ""


def _item(one, action):
    return InboxItem(
        kind=DESK,
        title=_("Suggestion %(number)s: %(words)s") % {"number": one.number, "words": one.proposal[:40]},
        url=one.get_absolute_url(),
        detail=one.get_state_display(),
        action=action,
        due_at=one.due_at if one.state == State.SUBMITTED else None,
        icon="lightbulb",
    )


def advice_inbox(user, company, at):
    """The head of a department: suggestions about which it was asked."""
    if not may(user, ADVISE):
        return []
    reach = reach_of(user, ADVISE)
    within = Q(department_id__in=reach.department_ids) | Q(department__company_id__in=reach.company_ids)
    asked = Opinion.objects.filter(
        within,
        given_at=None,
        suggestion__company=company,
        suggestion__state__in=(State.SUBMITTED, State.TRIAL),
    )
    return [
        InboxItem(
            kind=DESK,
            title=_("Your department is asked about suggestion %(number)s")
            % {"number": one.suggestion.number},
            url=one.suggestion.get_absolute_url(),
            detail=one.question or one.suggestion.proposal[:80],
            action=_("Give your opinion"),
            due_at=one.suggestion.due_at,
            icon="lightbulb",
        )
        for one in asked.select_related("suggestion")[:MOST]
        if not hindrance_to_advise(one, user)
    ]


def own_inbox(user, company, at):
    """The author: refusals that may still be answered once."""
    own = employee_id_of(user)
    if own is None or not may(user, SUGGEST):
        return []
    declined = Suggestion.objects.filter(
        company=company, author_id=own, state=State.DECLINED, resubmitted_at=None,
        first_assessed_at__gt=at - dt.timedelta(days=30),
    )  # fmt: skip
    return [
        InboxItem(
            kind=OWN,
            title=_("Your suggestion %(number)s is declined") % {"number": one.number},
            url=one.get_own_url(),
            detail=one.proposal[:80],
            action=_("Read why"),
            icon="lightbulb",
            extra={"is_information": True},
        )
        for one in declined
    ]


def search(user, company, words):
    """By number, author or words, as far as this reader may see them."""
    if not may(user, SUGGEST, SEE, ASSESS, ADVISE):
        return []
    own = employee_id_of(user)
    match = Q(number__icontains=words) | Q(problem__icontains=words) | Q(proposal__icontains=words)
    match |= Q(author__name__icontains=words)
    found = Suggestion.objects.visible_to(user).filter(match, company=company).select_related("author")
    return [
        SearchHit(
            title=f"{one.number} {one.proposal[:40]}",
            url=one.get_own_url() if own == one.author_id else one.get_absolute_url(),
            detail=f"{one.author.name} · {one.get_state_display()}",
        )
        for one in found[:MOST_HITS]
    ]


search.heading = gettext_lazy("Staff suggestions")


def register():
    box = NavItem(
        gettext_lazy("Staff suggestions"),
        "lightbulb",
        "suggestions",
        (SEE, ASSESS, ADVISE),
        gettext_lazy("Improvement"),
        counts=DESK,
    )
    mine = NavItem(
        gettext_lazy("My suggestions"), "lightbulb", "my_suggestions", (SUGGEST,), gettext_lazy("Myself")
    )
    navigation.register("improvements.suggestions", box, order=35)
    navigation.register("improvements.my_suggestions", mine, order=97)
    inbox_sources.register("improvements.suggestions", desk_inbox)
    inbox_sources.register("improvements.advice", advice_inbox)
    inbox_sources.register("improvements.my_suggestions", own_inbox)
    searches.register("improvements.suggestions", search, order=35)
