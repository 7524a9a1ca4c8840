"""Who may do what to a suggestion, its windows, and how alike two texts are: plain values in, words or figures out."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.flow import Refused

RATINGS = range(1, 6)


@dataclass(frozen=True)
class Window:
    """First and last day, both counted."""

    first: dt.date
    last: dt.date

    @property
    def days(self):
        return (self.last - self.first).days + 1


def windows_around(day, length):
    """(before, after) of `length` days each: `day` is the first of the second."""
    step = dt.timedelta(days=length)
    one = dt.timedelta(days=1)
    return Window(day - step, day - one), Window(day, day + step - one)


def may_measure_on(after):
    """The first day on which all answers of the window have come in."""
    return after.last + dt.timedelta(days=1)


def hindrance(actor_id, author_id, line, *, bar_line):
    """The sentence that keeps this employee from judging it, or ''. `line`: ids of the author's superiors."""
    if actor_id is None:
        return _("Only colleagues who are entered as employees work on suggestions.")
    if actor_id == author_id:
        return _("This suggestion is yours; a colleague has to do it.")
    if bar_line and actor_id in line:
        return _("You are a superior of the author; somebody else has to do it.")
    return ""


def refuse(sentence, code="barred"):
    if sentence:
        raise Refused(sentence, code=code)


def hindrance_to_confirm(actor_id, measurer_id):
    """People are user ids here: who measured does not confirm."""
    if actor_id == measurer_id:
        return _("You measured this yourself; a second person has to confirm it.")
    return ""


def long_enough(text, least, field):
    """The words without surrounding blanks, at least so many characters."""
    words = (text or "").strip()
    if len(words) < least:
        raise Refused(_("Write at least %(count)s characters.") % {"count": least}, field=field)
    return words


def refuse_ratings(benefit, effort):
    for field, value in (("benefit", benefit), ("effort", effort)):
        if value not in RATINGS:
            raise Refused(_("Choose 1 to 5."), field=field)


def refuse_window(days, policy):
    if not isinstance(days, int) or not policy.least_window_days <= days <= policy.most_window_days:
        raise Refused(
            _("Choose %(least)s to %(most)s days on either side.")
            % {"least": policy.least_window_days, "most": policy.most_window_days},
            field="window_days",
        )


def pairs_of(text):
    """The pairs of neighbouring letters and figures: words need not be told apart, as Chinese does not."""
    letters = [letter for letter in text.casefold() if letter.isalnum()]
    return {first + second for first, second in zip(letters, letters[1:], strict=False)}


def likeness(one, other):
    """0 to 1: twice the pairs that two sets share, over all of both (Dice)."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
