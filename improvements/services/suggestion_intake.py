"""The author's verbs: submit, answer a refusal once, withdraw (RE-5.2c, CC-4.3)."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused, advance
from core.numbering import numbered
from core.period import SHANGHAI
from core.workdays import due_after
from improvements.models import Suggestion, SuggestionFile
from improvements.models.suggestions import ASSESS
from improvements.services.suggestion_telling import tell_assessors, tell_author
from improvements.suggestions import rules
from improvements.suggestions.policy import box_of, rules_of
from jobs import attachments
from organization.scopes import employee_id_of, reach_of
from organization.selectors import assignment_on
from surveys.entry import clean_text

PREFIX = "YG"
LONGEST = 2000
WORDS = ("problem", "proposal", "expected")


def submit_suggestion(
    *, company, problem, proposal, expected, key, by, at, author=None, about=None, topic="", files=()
):
    """Put a suggestion into the box; the one already there when this form was sent before. Returns it.

    `author` is an Employee, without one whoever sends it; who assesses may enter one for a colleague. `about` is the
    department that it concerns, `topic` a dimension's code, `files` are [(name, bytes)].
    """
    known = Suggestion.objects.filter(company=company, key=key)
    if found := known.first():
        return found
    try:
        with transaction.atomic():
            return _submit(
                company, author, about, topic, (problem, proposal, expected), list(files), key, by, at
            )
    except IntegrityError:  # the same form, sent twice at once
        found = known.first()
        if found is None:
            raise
        return found


def _submit(company, author, about, topic, words, files, key, by, at):
    day = at.astimezone(SHANGHAI).date()
    box = box_of(company, day)
    if box is None:
        raise Refused(_("No rule book of this company sets up a suggestion box."), code="no_box")
    author = _author(company, author, by)
    place = assignment_on(author.pk, day)
    if place is None:
        raise Refused(_("%(name)s does not work here today.") % {"name": author.name}, field="author")
    if about is not None and about.company_id != company.pk:
        raise Refused(_("Choose a department of this company."), field="about")
    kept = {
        name: rules.long_enough(clean_text(text or "")[:LONGEST], box.least_text, name)
        for name, text in zip(WORDS, words, strict=True)
    }
    suggestion = Suggestion.objects.create(
        company=company,
        number=numbered(PREFIX, company.pk, day),
        key=key,
        author=author,
        department=place.department,
        about=about,
        topic=topic,
        entered_by=by,
        submitted_at=at,
        **kept,
        **_clock(at, box),
    )
    _keep(suggestion, files, box.most_files, by, at)
    audit.record("improvements.suggestion.submit", suggestion, by=by, at=at, to_state=suggestion.state)
    tell_author(suggestion, "submitted", at)
    tell_assessors(suggestion, "new", at, besides=[employee_id_of(by)])
    return suggestion


def _author(company, author, by):
    own = getattr(by, "employee", None)
    if author is None or own is not None and author.pk == own.pk:
        if own is None or own.company_id != company.pk:
            raise Refused(
                _("Only colleagues who are entered as employees make suggestions."), code="no_author"
            )
        return own
    if author.company_id != company.pk or company.pk not in reach_of(by, ASSESS).company_ids:
        raise Refused(_("Only who assesses suggestions enters one for a colleague."), field="author")
    return author


def _keep(suggestion, files, most, by, at):
    try:
        kept = attachments.keep_all(company=suggestion.company, files=files, most=most, by=by, at=at)
    except Refused as refusal:
        raise Refused(refusal.message, code=refusal.code, field="files") from refusal
    SuggestionFile.objects.bulk_create(SuggestionFile(suggestion=suggestion, attachment=one) for one in kept)


def _refuse_others(suggestion, by):
    if employee_id_of(by) != suggestion.author_id:
        raise Refused(_("Only the author can do this."), code="not_yours")


@transaction.atomic
def resubmit_suggestion(suggestion, *, plea, by, at):
    """The author's one answer to a refusal: it is assessed again, with a clock of its own."""
    _refuse_others(suggestion, by)
    if not suggestion.may_be_answered:
        raise Refused(_("A refusal is answered once, while it stands."), code="answered")
    box = rules_of(suggestion)
    words = rules.long_enough(clean_text(plea or "")[:LONGEST], box.least_reason, "plea")
    advance(
        suggestion,
        Suggestion.RESUBMIT,
        by=by,
        at=at,
        plea=words,
        resubmitted_at=at,
        reminded_at=None,
        trial_until=None,
        owner=None,
        **_clock(at, box),
    )
    tell_assessors(suggestion, "resubmitted", at)
    return suggestion


@transaction.atomic
def withdraw_suggestion(suggestion, *, by, at):
    """The author takes it back, as long as it is not assessed. What came later as the same is then assessed itself."""
    _refuse_others(suggestion, by)
    advance(suggestion, Suggestion.WITHDRAW, by=by, at=at, withdrawn_at=at)
    for later in suggestion.duplicates.filter(state=Suggestion.State.DUPLICATE).select_related("company"):
        clock = _clock(at, rules_of(later))
        advance(later, Suggestion.RELEASE, by=by, at=at, duplicate_of=None, reminded_at=None, **clock)
    return suggestion


def _clock(at, box):
    due = due_after(at, box.assess_days)
    return {"due_at": due.at, "counted_days": [one.isoformat() for one in due.counted]}
