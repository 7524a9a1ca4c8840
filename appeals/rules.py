"""Who may do what to an appeal: plain values in, refusals in words out. People are employee ids."""

from django.utils.translation import gettext as _

from core.flow import Refused

GROUNDS = ("fact", "data", "person", "procedure", "rule")
LEAST_REASON = 6
SUBJECT, LINE, PROPOSER, VOTER, INVESTIGATOR, VERIFIER = (
    "subject",
    "line",
    "proposer",
    "voter",
    "investigator",
    "verifier",
)


def refuse_others(actor_id, owner_id):
    """Only the person concerned appeals."""
    if actor_id is None or actor_id != owner_id:
        raise Refused(_("Only the person concerned can appeal."), code="not_yours")


def missing(*, grounds, text, wish, least_text):
    """[(field, sentence)] of everything an appeal still needs before it is filed."""
    if not grounds or not set(grounds) <= set(GROUNDS):
        yield "grounds", _("Choose at least one ground.")
    if len(text.strip()) < least_text:
        sentence = _("Write at least %(count)s characters: when, who was there, what you did.")
        yield "text", sentence % {"count": least_text}
    if not wish:
        yield "wish", _("Choose one, so that whoever checks it knows how far to go.")


def refuse_unfinished(**what):
    """As `missing` takes it."""
    for field, sentence in missing(**what):
        raise Refused(sentence, field=field)


def refuse_after(window_until, at, sentence):
    """Outside the window only the chair can admit it."""
    if window_until is not None and at >= window_until:
        raise Refused(sentence, code="late")


def refuse_moot(*, is_dead, outcome):
    """What another appeal has withdrawn meanwhile neither stands nor can be changed."""
    if is_dead and outcome != "overturned":
        raise Refused(
            _("The decision was withdrawn meanwhile; nothing else can be said of it but that."),
            field="outcome",
            code="gone",
        )


def refuse_reasonless(text, sentence, field="reason"):
    """The words without surrounding blanks."""
    words = (text or "").strip()
    if len(words) < LEAST_REASON:
        raise Refused(sentence, field=field)
    return words


def hindrance_to_handle(actor_id, barred):
    """`barred`: employee id -> why they may not look into this appeal; '' when nothing stands in the way."""
    reason = barred.get(actor_id)
    if actor_id is None:
        return _("Only colleagues who are entered as employees look into appeals.")
    return {
        SUBJECT: _("This appeal is yours; a colleague has to look into it."),
        LINE: _("You are a superior of the person who appeals; somebody else has to look into it."),
        PROPOSER: _("You proposed what this appeal is about; somebody else has to look into it."),
        VOTER: _("You voted on what this appeal is about; somebody else has to look into it."),
        VERIFIER: _("You verified the facts behind it; somebody else has to look into it."),
        INVESTIGATOR: _("You investigated this appeal; somebody else decides it."),
    }.get(reason, "")


def hindrance_to_decide(actor_id, barred, *, others):
    """As above; who voted may decide only when nobody else is left (`others`: how many are)."""
    if barred.get(actor_id) == VOTER and not others:
        return ""
    return hindrance_to_handle(actor_id, barred)


def refuse(hindrance):
    if hindrance:
        raise Refused(hindrance, code="barred")


def refuse_bad_outcome(*, outcome, is_decision, rests_on_answers, left_out, finding=None):
    """An outcome says what becomes of the thing; answers are left out only where something changes.

    `finding` is None unless it is a finding that is appealed, else what it is changed to: {} where nothing is said.
    """
    if outcome not in ("upheld", "varied", "overturned"):
        raise Refused(_("Choose an outcome."), field="outcome")
    if outcome == "upheld" and left_out:
        raise Refused(
            _("Answers are left out, so it does not stand unchanged. Choose another outcome."),
            field="outcome",
        )
    if finding is not None:
        _refuse_bad_finding(outcome, finding)
        return
    changes_nothing = outcome == "varied" and not is_decision or outcome != "upheld" and rests_on_answers
    if changes_nothing and not left_out:
        raise Refused(_("Choose the answers that no longer count."), field="left_out")


def _refuse_bad_finding(outcome, finding):
    if outcome == "varied" and not finding.get("verdict"):
        raise Refused(
            _("Choose above what the finding is changed to, and look at what that changes."), field="outcome"
        )


def is_large(policy, *, points, fen, people):
    """Whether the group decides: so many points, so much money, or so many other people are moved."""
    return points >= policy.large_points or fen >= policy.large_fen or people >= policy.large_people


def refuse_rating(rating):
    if rating is not None and rating not in (1, 2, 3, 4, 5):
        raise Refused(_("Choose 1 to 5, or leave it out."), field="rating")
