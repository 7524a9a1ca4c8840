"""Who may judge a case and when it may be answered: plain values in, sentences or yes and no out.

A function `hindrance_to_…` returns the sentence that stands in the way, or '' when nothing does; buttons and verbs ask
the same one. People are employee ids; `excluded` is what `excluded_people` gives.
"""

from django.utils.translation import gettext as _

from core.flow import Refused
from surveys.entry import clean_text

NAMED, SUPERIOR = "named", "superior"
#: verdicts that say something went wrong: only these have a cause and a severity, and only these feed rules
AGAINST = ("substantiated", "partly")
#: how much a verdict says against the person; what is not here says nothing
WEIGHTS = {"substantiated": 3, "partly": 2, "undetermined": 1}
LEAST_REASON = 4
MOST_REASON = 300
MOST_STATEMENT = 500
MOST_TEXT = 10_000


def refuse(hindrance, *, field=None, code="refused"):
    """Raise the sentence when there is one."""
    if hindrance:
        raise Refused(hindrance, code=code, field=field)


def refuse_blank(text, sentence, field="reason", *, most=MOST_TEXT):
    """The cleaned words; Refused when there are too few or too many."""
    words = clean_text(text or "")
    if len(words) < (LEAST_REASON if field == "reason" else 1):
        raise Refused(sentence, field=field)
    if len(words) > most:
        raise Refused(_("At most %(most)s characters, shorten the text.") % {"most": most}, field=field)
    return words


def excluded_people(named, superiors):
    """{employee id: why}: whom a case names, and their direct superiors. Being named weighs more."""
    return dict.fromkeys(superiors, SUPERIOR) | dict.fromkeys(named, NAMED)


def hindrance_to_act(actor_id, excluded):
    """Any step on a case: not by somebody whom it names (fact 6)."""
    if excluded.get(actor_id) == NAMED:
        return _("This case is about you; a colleague has to do it.")
    return ""


def hindrance_to_investigate(actor_id, excluded):
    """Interviewing and proposing: neither a person named nor their direct superior."""
    if excluded.get(actor_id) == SUPERIOR:
        return _(
            "The direct superior of a person named does not investigate or judge it; somebody else has to."
        )
    return hindrance_to_act(actor_id, excluded)


def hindrance_to_know_who(actor_id, excluded):
    """Who complained of somebody stays unknown to them and to whoever stands directly above them."""
    if excluded.get(actor_id) == SUPERIOR:
        return _(
            "You stand directly above somebody named: who complained stays unknown to you. A colleague calls them."
        )
    return hindrance_to_act(actor_id, excluded)


def hindrance_to_decline(actor_id, excluded):
    """Turning a complaint away judges it as well."""
    if excluded.get(actor_id) == SUPERIOR:
        return _(
            "You stand directly above somebody named: whether this is taken up is for a colleague to decide."
        )
    return hindrance_to_act(actor_id, excluded)


def hindrance_to_confirm(*, actor_id, user_id, excluded, proposer_ids, investigator_id):
    """Four eyes: `proposer_ids` are users, `investigator_id` an employee. Handlers may confirm."""
    if user_id in proposer_ids:
        return _("You proposed this finding; a second person confirms it.")
    if actor_id is not None and actor_id == investigator_id:
        return _("You investigated this case; a second person confirms the finding.")
    return hindrance_to_investigate(actor_id, excluded)


def may_be_answered(*, kind, state, is_simple, names_people):
    """Straight from triage only what is a suggestion, or simple and against nobody; all else once confirmed."""
    if state == "confirmed":
        return True
    if state != "accepted" or kind == "praise":
        return False
    return kind == "suggestion" or (is_simple and not names_people)


def hindrance_to_answer(*, kind, state, is_simple, names_people):
    if may_be_answered(kind=kind, state=state, is_simple=is_simple, names_people=names_people):
        return ""
    if state == "accepted" and kind != "praise":
        if names_people:
            return _("This case names somebody: it is answered once a finding on each of them is confirmed.")
        return _("Only simple cases are answered without an investigation. Change the class, or investigate.")
    return _("A case is answered once what was found is confirmed by a second person.")


def refuse_bad_finding(*, verdict, cause, severity, reasons, verdicts, causes, severities):
    """One finding as proposed: a verdict, reasons, and for a fault its cause and how severe it is."""
    if verdict not in verdicts:
        raise Refused(_("Choose what was found for each person."), field="verdict")
    refuse_blank(reasons, _("Write the facts and where they come from, for each person."), "reasons")
    if verdict in AGAINST and cause not in causes:
        raise Refused(_("Choose the cause of what was found substantiated."), field="cause")
    if verdict in AGAINST and severity not in severities:
        raise Refused(_("Choose how severe it is."), field="severity")


def is_milder(wanted, now, severities):
    """Whether (verdict, severity) takes less than what holds; `severities` codes, the mildest first."""
    (verdict, severity), (was, degree) = wanted, now
    if verdict not in AGAINST:
        return WEIGHTS.get(verdict, 0) < WEIGHTS.get(was, 0)
    if was not in AGAINST or severity not in severities:
        return False
    ranks = [_rank(one, severities) for one in (degree, severity)]
    steps = (AGAINST.index(was) - AGAINST.index(verdict), ranks[1] - ranks[0])
    return max(steps) <= 0 and min(steps) < 0


def _rank(severity, severities):
    """A degree that the policy no longer knows ranks above all that it knows."""
    return severities.index(severity) if severity in severities else len(severities)


def refuse_harsher_finding(wanted, now, severities):
    """An appeal never makes a finding harsher, and one that changes nothing is none."""
    if not is_milder(wanted, now, severities):
        raise Refused(
            _("Choose a milder finding than the present one: another verdict, or a lower severity."),
            field="finding",
        )


def hindrance_to_extend(*, is_overdue, extensions, most):
    """A longer time is asked for before the first one has passed, and only as often as the class allows."""
    if is_overdue:
        return _("The answer is overdue already: give it now. Time can be extended only before the due date.")
    if extensions >= most:
        return _("This case was extended %(count)s times, as often as its class allows. Answer it.") % {
            "count": extensions
        }
    return ""


def hindrance_to_pause(*, is_overdue, paused_days, most):
    """The clock stands still for at most `most` working days over the whole case, and never once it has run out."""
    if is_overdue:
        return _(
            "The answer is overdue: the clock can no longer be stopped. Ask in a message to the customer instead."
        )
    if paused_days >= most:
        return _(
            "The clock of this case stood still for %(days)s working days, the most there is. "
            "Ask in a message to the customer instead."
        ) % {"days": paused_days}
    return ""


def hindrance_to_unmerge(*, leading_state):
    """Two cases are told apart as long as neither was judged: later the finding and the answer are for both."""
    if leading_state in ("received", "accepted", "investigating", "waiting"):
        return ""
    if leading_state == "proposed":
        return _("The leading case has a finding for both: have it sent back before you take them apart.")
    return _("The leading case was judged or ended for both. Open a case on new facts instead.")


def hindrance_to_merge(*, same_place, same_kind, is_itself, leading_state, brings_names):
    """Whether a case may go into another: of the same company and kind, and before that one was judged."""
    if is_itself:
        return _("A case cannot be merged into itself.")
    if not (same_place and same_kind):
        return _("Only cases of the same kind are merged. Link them instead.")
    if leading_state in ("proposed", "proved", "attributed", "confirmed"):
        if brings_names:
            return _(
                "The other case has a finding already, and this one names somebody new. Link them instead."
            )
        return ""
    if leading_state not in ("received", "accepted", "investigating", "waiting"):
        return _("The other case is ended. Link the two instead.")
    return ""
