"""Reads of this room: dimensions of the policy, who may be asked, how a campaign stands, search and timeline."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from core.navigation import SearchHit
from core.period import SHANGHAI
from customers.models import Consent, Encounter, Purchase
from customers.selectors import askable, leading
from customers.services import may_be_asked
from policies.selectors import section
from surveys.content import NOT_APPLICABLE
from surveys.models import Answer, Campaign, Invitation
from surveys.page import in_language, words

BUYER, PROSPECT, PICKED = "buyer", "prospect", "picked"
MESSAGE_KINDS = {"surveys.invitation", "surveys.reminder"}


def dimensions(company, day):
    """Sides of satisfaction that the policy in force names, in its order: tuple of surveys.sections.Dimension."""
    return section(company, "dimensions", day)


def survey_rules(company, day):
    """The policy's surveys.sections.SurveyRules."""
    return section(company, "surveys", day)


@dataclass(frozen=True)
class Member:
    """One customer who may be drawn, with the newest service encounter (or None) that the answer will be about."""

    customer_id: int
    segment: str
    site: str
    encounter_id: int | None

    @property
    def stratum(self):
        return f"{self.segment} · {self.site}" if self.site else self.segment


def frame(company, audience, day):
    """Everybody who may be drawn (surveys.sampling describes `audience`), each once, in order of id.

    Of the files of one person only the leading one is drawn, with what was bought and served under all of them.
    """
    if audience.get("numbers"):
        picked = leading(company, number__in=audience["numbers"])
        segments = dict.fromkeys(askable(company).filter(pk__in=picked).values_list("pk", flat=True), PICKED)
    else:
        segments = dict.fromkeys(_prospects(company, audience.get("prospects_days"), day), PROSPECT)
        segments |= dict.fromkeys(_buyers(company, audience.get("recent_days"), day), BUYER)
    served = _newest_encounters(company, day)
    return [Member(pk, segments[pk], *served.get(pk, ("", None))) for pk in sorted(segments)]


def _buyers(company, days, day):
    if not days:
        return []
    since = day - dt.timedelta(days=days)
    recent = leading(company, purchases__signed_on__gt=since, purchases__signed_on__lte=day)
    return askable(company).filter(pk__in=recent).values_list("pk", flat=True)


def _prospects(company, days, day):
    if not days:
        return []
    since = day - dt.timedelta(days=days)
    recent = leading(company, encounters__day__gt=since, encounters__day__lte=day)
    bought = leading(company, pk__in=Purchase.objects.filter(company=company).values("customer"))
    found = askable(company).filter(pk__in=recent, is_prospect=True).exclude(pk__in=bought)
    return found.values_list("pk", flat=True)


def _newest_encounters(company, day):
    """{id of the leading file: (site name, encounter id)} of the newest encounter up to the day."""
    rows = Encounter.objects.filter(company=company, day__lte=day).order_by("day", "pk")
    person = Coalesce("customer__merged_into", "customer")
    return {customer: (site or "", pk) for customer, site, pk in rows.values_list(person, "site__name", "pk")}


def response(campaign):
    """Numbers of one campaign's drawn invitations and what came by open links: dict of counts."""
    states = Invitation.State
    drawn = Q(open_link=None)
    counts = campaign.invitations.aggregate(
        invited=Count("pk", filter=drawn),
        started=Count("pk", filter=drawn & Q(state=states.STARTED)),
        answered=Count("pk", filter=drawn & Q(state=states.SUBMITTED)),
        refused=Count("pk", filter=drawn & Q(state=states.REFUSED)),
        unreached=Count("pk", filter=drawn & Q(state__in=[states.MADE, states.UNDELIVERABLE])),
        open_started=Count("pk", filter=~drawn & Q(state=states.STARTED)),
        open_answered=Count("pk", filter=~drawn & Q(state=states.SUBMITTED)),
    )
    counts["begun"] = counts["started"] + counts["answered"]
    return counts


def response_by_stratum(campaign):
    """[{stratum, drawn, answered}] in the order of the allocation."""
    rows = campaign.invitations.filter(open_link=None).values("stratum").order_by("stratum")
    return list(
        rows.annotate(drawn=Count("pk"), answered=Count("pk", filter=Q(state=Invitation.State.SUBMITTED)))
    )


def with_response(campaigns):
    """Campaigns annotated with `invited`, `responded` and `answered` for the list.

    Subqueries, not joins: invitations times answers of one campaign would be rows without end.
    """
    drawn = Invitation.objects.filter(campaign=OuterRef("pk"), open_link=None)
    return campaigns.annotate(
        invited=_number_of(drawn),
        responded=_number_of(drawn.filter(state=Invitation.State.SUBMITTED)),
        answered=_number_of(Answer.objects.filter(campaign=OuterRef("pk"))),
    )


def _number_of(rows):
    counted = rows.order_by().values("campaign").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


@dataclass(frozen=True)
class Line:
    """One question of an answer in words. `value` is the number of a scale, '' for words and choices."""

    question: str
    text: str
    value: str = ""
    is_overall: bool = False


def readable_answer(answer, language):
    """Lines of an answer in the questionnaire's order; questions left blank are named as such."""
    texts = {text.question: text.text for text in answer.texts.all()}
    return [
        _line(question, answer.answers.get(code), texts.get(code), language)
        for code, question in answer.version.parsed.questions.items()
    ]


def _line(question, value, text, language):
    name = in_language(question, "text", language)
    if question.kind == "text":
        return Line(name, text or _("nothing written"))
    if value is None:
        return Line(name, _("not answered"), is_overall=question.overall)
    if value == NOT_APPLICABLE:
        return Line(name, _("not applicable"), is_overall=question.overall)
    shown = words(question, language)
    if question.kind == "nps":
        return Line(name, "", str(value), question.overall)
    chosen = [shown[str(code)] for code in (value if isinstance(value, list) else [value])]
    number = str(value) if question.kind == "rate5" else ""
    return Line(name, (", " if language == "en" else "、").join(chosen), number, question.overall)


def may_send(message):
    """Consent is asked when an invitation is sent, not when it was queued."""
    if message.kind not in MESSAGE_KINDS or message.customer_id is None:
        return True
    return may_be_asked(message.customer_id, Consent.Purpose.SURVEYS)


@dataclass(frozen=True)
class TimelineEntry:
    day: dt.date
    title: str
    detail: str = ""
    icon: str = "ui-checks"
    url: str = ""


def timeline(customer, viewer=None):
    """Invitations of a customer; what was answered stands on the answer's own page."""
    for invitation in customer.invitations.select_related("campaign"):
        yield TimelineEntry(
            invitation.made_at.astimezone(SHANGHAI).date(),
            _("Survey: %(title)s") % {"title": invitation.campaign.title},
            invitation.get_state_display(),
        )


def search(user, company, words):
    """Answers by number, campaigns by title."""
    answers = Answer.objects.visible_to(user).filter(company=company, number__icontains=words)
    campaigns = Campaign.objects.visible_to(user).filter(company=company, title__icontains=words)
    hits = [
        SearchHit(title=answer.number, url=reverse("answer", args=[answer.pk]), detail=answer.campaign.title)
        for answer in answers.select_related("campaign").order_by("-pk")[:5]
    ]
    return hits + [
        SearchHit(title=campaign.title, url=reverse("campaign", args=[campaign.pk]))
        for campaign in campaigns[:5]
    ]
