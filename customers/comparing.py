"""Two files side by side, values covered as everywhere."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.dossier import words_of
from customers.models import Consent, Customer
from customers.policy import rules_of
from customers.rules import mask_email, mask_name, mask_phone
from customers.selectors.families import family_of
from customers.selectors.listing import lines_of
from customers.wording import TWIN_REASONS
from organization.scopes import today

LANGUAGES = {"zh-hans": "中文", "en": "English"}


@dataclass(frozen=True)
class Candidate:
    """A pair of the list, with what tells the two files apart."""

    first: object
    second: object
    reasons: list


def rows_of(pairs, company):
    """Candidates of one page of pairs; a few queries however many."""
    ids = sorted({pk for pair in pairs for pk in (pair.first, pair.second)})
    files = list(Customer.objects.filter(pk__in=ids))
    day = today()
    lines = {line.customer.pk: line for line in lines_of(files, company, rules_of(company, day).stages, day)}
    return [
        Candidate(lines[pair.first], lines[pair.second], [TWIN_REASONS[reason] for reason in pair.reasons])
        for pair in pairs
    ]


@dataclass(frozen=True)
class Row:
    """One fact of both files; `choice` is the form's field where they differ and one must be chosen."""

    name: str
    first: str
    second: str
    choice: object = None


def table(first, second, form):
    """Facts of both: those in which they differ with a choice, then what stays with each."""
    named = {
        "name": (_("Name"), mask_name),
        "phone": (_("Telephone"), mask_phone),
        "email": (_("E-mail"), mask_email),
        "birthday": (_("Birthday"), lambda day: _("on file") if day else ""),
        "language": (_("Language"), lambda code: LANGUAGES.get(code, code)),
    }
    rows = []
    for field, (name, shown) in named.items():
        choice = form[field] if field in form.fields else None
        rows.append(Row(name, shown(getattr(first, field)), shown(getattr(second, field)), choice))
    return rows + _counts(first, second)


def refused_after(first, second):
    """Names of what one of the files is asked and the other not: joined, the stricter word holds."""
    before = [
        {word.purpose: word.agrees for word in words_of(list(family_of(one)))} for one in (first, second)
    ]
    return [name for purpose, name in Consent.Purpose.choices if before[0][purpose] != before[1][purpose]]


def _counts(first, second):
    day = today()
    left, right = lines_of([first, second], first.company, rules_of(first.company, day).stages, day)
    pairs = (
        (_("Stage"), str(left.stage or "—"), str(right.stage or "—")),
        (_("Homes"), left.homes, right.homes),
        (_("Services"), left.services, right.services),
        (_("May be surveyed"), _yes(left.may_be_surveyed), _yes(right.may_be_surveyed)),
    )
    return [Row(name, str(one), str(other)) for name, one, other in pairs]


def _yes(word):
    return _("yes") if word else _("no")
