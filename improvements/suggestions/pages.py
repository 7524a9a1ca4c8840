"""What the pages show of one suggestion: its course, what this reader may do next, the picture of its effect."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from accounts.models import User
from core.access import may
from core.flow import Refused
from core.period import SHANGHAI
from core.templatetags.manyi import day_name, percent
from core.templatetags.scores import Figure
from improvements.models import Suggestion
from improvements.models.suggestions import ASSESS
from improvements.selectors import suggestions as reads
from improvements.selectors.suggestion_counts import measure_name, subject_name
from improvements.services.suggestion_assessment import hindrance_to_advise, hindrance_to_judge
from improvements.services.suggestion_effect import counts_of, hindrance_to_confirm, windows_of
from improvements.suggestions.policy import rules_of
from organization.scopes import reach_of
from scoring.policy import policy_of, version_for
from scoring.statistics.intervals import score_status, wilson

State = Suggestion.State
HIDDEN = "suppressed"


@dataclass(frozen=True)
class Step:
    """One line of the course; `mark` is '', 'now' or 'next'."""

    text: str
    at: object = None
    mark: str = ""
    words: str = ""


def steps_of(suggestion):
    """What happened, in order, with the reasons, and what comes next."""
    steps = [Step(_("Submitted"), suggestion.submitted_at)]
    for one in suggestion.assessments.all():
        steps.append(Step(_judged(one), one.assessed_at, words=one.reason))
    if suggestion.resubmitted_at:
        steps.append(
            Step(_("The author answered the refusal"), suggestion.resubmitted_at, words=suggestion.plea)
        )
    if suggestion.implemented_at:
        text = _("Carried out, holds from %(day)s") % {"day": day_name(suggestion.implemented_on)}
        steps.append(Step(text, suggestion.implemented_at))
    if suggestion.effect:
        steps.append(Step(_("Effect measured"), suggestion.effect.measured_at))
    if suggestion.confirmed_at:
        steps.append(Step(_("Effect confirmed by a second person"), suggestion.confirmed_at))
    if suggestion.withdrawn_at and suggestion.state == State.WITHDRAWN:
        steps.append(Step(_("Withdrawn by the author"), suggestion.withdrawn_at))
    steps.sort(key=lambda step: step.at)
    ahead = [
        Step(text, mark="now" if place == 0 else "next") for place, text in enumerate(_ahead(suggestion))
    ]
    return steps + ahead


def headline_of(suggestion, picture=None):
    """The conclusion in words: what it brought, as far as this reader may see it, or where it stands."""
    if picture and not picture.is_hidden:
        return picture.finding
    return {
        State.SUBMITTED: _("It waits for its assessment"),
        State.TRIAL: _("It is tried out"),
        State.ADOPTED: _("It is adopted and will be carried out"),
        State.DECLINED: _("It is declined"),
        State.DUPLICATE: _("It was suggested before"),
        State.WITHDRAWN: _("It was withdrawn"),
        State.IMPLEMENTED: _("It is carried out; its effect is measured next"),
        State.MEASURED: _("Its effect is measured; a second person confirms it next"),
        State.CONFIRMED: _("Its effect is confirmed"),
    }[suggestion.state]


def saved_key(suggestion):
    """The key of the form it came with: the browser forgets what it kept of that form's words."""
    return suggestion.key.partition(":")[0]


def _judged(one):
    return {
        "adopted": _("Adopted"),
        "trial": _("To be tried out first"),
        "declined": _("Declined"),
        "duplicate": _("Suggested before"),
    }[one.outcome]


def _ahead(suggestion):
    assess, carry_out = _("Assessed, with reasons"), _("Carried out")
    measure, confirm = _("Effect measured from customers' answers"), _("Effect confirmed by a second person")
    return {
        State.SUBMITTED: [assess, carry_out, measure, confirm],
        State.TRIAL: [_("Trial"), _("Adopted or declined"), carry_out, measure],
        State.ADOPTED: [carry_out, measure, confirm],
        State.IMPLEMENTED: [measure, confirm],
        State.MEASURED: [confirm],
    }.get(suggestion.state, [])


@dataclass(frozen=True)
class Picture:
    """Shares before and after on one axis, and what the difference says; hidden where so few answered."""

    suggestion: Suggestion
    is_wide: bool

    @cached_property
    def effect(self):
        return self.suggestion.effect

    @cached_property
    def scoring(self):
        return policy_of(version_for(self.suggestion.company, self.effect.after_first), "scoring")

    def _figure(self, k, n):
        low, high = wilson(k, n, self.effect.level_bp / 10_000)
        return Figure(k, n, low, high, status=score_status(n, self.scoring.ok_n, self.scoring.low_n))

    @cached_property
    def before(self):
        return self._figure(self.effect.before_k, self.effect.before_n)

    @cached_property
    def after(self):
        return self._figure(self.effect.after_k, self.effect.after_n)

    @property
    def is_hidden(self):
        """Below the limit only who sees all scores sees the counts."""
        return not self.is_wide and HIDDEN in (self.before.status, self.after.status)

    @property
    def axis_low(self):
        return min(0.5, *(int((one.low or 0) * 10) / 10 for one in (self.before, self.after)))

    @property
    def finding(self):
        """The caption: the conclusion first."""
        if self.effect.difference <= 0:
            return _("No more customers are satisfied than before")
        if self.effect.is_demonstrable:
            return _("Demonstrably more customers are satisfied than before")
        return _("More customers are satisfied than before; it may be chance")

    @property
    def detail(self):
        values = {
            "points": f"{self.effect.difference * 100:+.1f}".replace("-", "−"),
            "low": f"{self.effect.low * 100:+.1f}".replace("-", "−"),
            "high": f"{self.effect.high * 100:+.1f}".replace("-", "−"),
            "level": percent(self.effect.level_bp / 10_000, 0),
            "p": "< 0.001" if self.effect.p < 0.001 else f"= {self.effect.p:.3f}",
        }
        return _("%(points)s percentage points, %(level)s interval %(low)s to %(high)s, p %(p)s") % values

    @property
    def title(self):
        return title_of(self.suggestion, self.effect.after_first)


def title_of(suggestion, day):
    """'Overall satisfaction, Sales team 1': what is measured, for whom."""
    what = measure_name(suggestion.company, suggestion.measure, day)
    whom = subject_name(suggestion.company, suggestion.subject_kind, suggestion.subject_id)
    return _("%(what)s, %(whom)s") % {"what": what, "whom": whom}


def picture_of(suggestion, user):
    wide = suggestion.company_id in reach_of(user, "scoring.view").company_ids
    return Picture(suggestion, wide) if suggestion.effect else None


@dataclass
class Desk:
    """One suggestion for one reader from the other side of the desk."""

    suggestion: Suggestion
    user: User
    at: object

    @cached_property
    def day(self):
        return self.at.astimezone(SHANGHAI).date()

    @cached_property
    def box(self):
        return rules_of(self.suggestion)

    @cached_property
    def is_assessor(self):
        return may(self.user, ASSESS)

    @cached_property
    def hindrance(self):
        return hindrance_to_judge(self.suggestion, self.user, self.day) if self.is_assessor else ""

    @property
    def acts(self):
        return self.is_assessor and not self.hindrance

    @property
    def may_assess(self):
        return self.acts and self.suggestion.state in (State.SUBMITTED, State.TRIAL)

    @property
    def may_ask(self):
        return self.may_assess

    @property
    def may_give_up(self):
        return self.acts and self.suggestion.state == State.ADOPTED

    @property
    def may_implement(self):
        return self.acts and self.suggestion.state == State.ADOPTED

    @cached_property
    def counts(self):
        """What stands in the windows, while it is not measured."""
        if self.suggestion.state != State.IMPLEMENTED:
            return None
        try:
            return counts_of(self.suggestion, self.at)
        except Refused:
            return None

    @property
    def may_measure(self):
        return self.acts and self.counts is not None and not self.counts.sentence

    @property
    def may_widen(self):
        is_widest = self.suggestion.window_days == self.box.most_window_days
        return self.acts and self.counts is not None and self.counts.is_too_few and not is_widest

    @cached_property
    def hindrance_to_confirm(self):
        if self.suggestion.state != State.MEASURED or not self.is_assessor:
            return ""
        return hindrance_to_confirm(self.suggestion, self.user, self.day)

    @property
    def may_confirm(self):
        is_ready = self.suggestion.state == State.MEASURED and self.is_assessor
        return is_ready and not self.hindrance_to_confirm

    @property
    def barred_text(self):
        """Why this reader cannot go on, when they otherwise would."""
        if self.suggestion.state in Suggestion.CLOSED:
            return ""
        return self.hindrance or self.hindrance_to_confirm

    @cached_property
    def opinions(self):
        found = self.suggestion.opinions.select_related("department", "asked_by", "given_by")
        return [(one, not one.given_at and not hindrance_to_advise(one, self.user)) for one in found]

    @cached_property
    def steps(self):
        return steps_of(self.suggestion)

    @cached_property
    def picture(self):
        return picture_of(self.suggestion, self.user)

    @cached_property
    def windows(self):
        return windows_of(self.suggestion) if self.suggestion.implemented_on else ()

    @cached_property
    def measured_title(self):
        return title_of(self.suggestion, self.suggestion.implemented_on) if self.suggestion.measure else ""

    @cached_property
    def alike(self):
        if not self.may_assess:
            return []
        words = f"{self.suggestion.problem}\n{self.suggestion.proposal}"
        least = self.box.similar_bp / 10_000
        return reads.alike(self.suggestion.company, words, least, but=self.suggestion, at=self.at)

    @cached_property
    def same_ground(self):
        return reads.same_ground(self.suggestion) if self.is_assessor else []

    @cached_property
    def excluded(self):
        is_open = self.suggestion.state == State.MEASURED
        return reads.excluded_since(self.suggestion.effect) if is_open else 0

    @cached_property
    def is_planned_late(self):
        """What is counted was fixed when part of it had come in already."""
        if not self.suggestion.implemented_at:
            return False
        return self.suggestion.implemented_at.astimezone(SHANGHAI).date() > self.suggestion.implemented_on
