"""What a file's page shows beside the timeline, over all files of the person."""

from dataclasses import dataclass

from core.access import may
from customers.models import Consent, Contact, Disclosure, Merge, Need, Preference, Purchase
from customers.policy import rules_of
from customers.rules import mask_contact
from customers.selectors.consents import NEWEST
from customers.selectors.families import family_of
from customers.selectors.search import namesakes
from customers.selectors.stages import stage_on
from customers.wording import need_in_words, preference_in_words, source_of
from organization.scopes import today

MOST_LOOKS = 10
MOST_NAMESAKES = 5
VERBS = ("edit", "merge", "unmask", "erase")


@dataclass(frozen=True)
class Reach:
    """One way to reach the customer; `value` is covered unless the page was opened with a reason."""

    kind: str
    kind_name: str
    value: str
    masked: str
    label: str = ""
    is_first: bool = False


@dataclass(frozen=True)
class Word:
    """What holds now for one purpose: `consent` is the newest word, `agrees` what follows from it."""

    purpose: str
    name: str
    agrees: bool
    consent: Consent | None
    source: str = ""


@dataclass(frozen=True)
class Dossier:
    """Everything about one person that is not a line of the timeline."""

    files: list
    stage: object
    homes: list
    reaches: list
    needs: list
    preferences: list
    words: list
    looks: list
    merges: list
    namesakes: list
    may: dict


def dossier_of(customer, user):
    files = list(family_of(customer).order_by("pk"))
    ids = [file.pk for file in files]
    day = today()
    rules = rules_of(customer.company, day)
    leading = next(file for file in files if file.pk == customer.live_id)
    leading.company = customer.company
    looks = Disclosure.objects.filter(customer__in=ids).select_related("by", "export").order_by("-at", "-pk")
    merges = Merge.objects.filter(kept__in=ids, undone_at=None).select_related("dropped", "by")
    return Dossier(
        files=files,
        stage=stage_on(leading, day) if rules.stages else None,
        homes=list(
            Purchase.objects.filter(customer__in=ids).select_related("site").order_by("-signed_on", "-pk")
        ),
        reaches=_reaches(leading, files),
        needs=[(need_in_words(one, rules), one) for one in Need.objects.filter(customer__in=ids)],
        preferences=[
            (preference_in_words(one, rules), one) for one in Preference.objects.filter(customer__in=ids)
        ],
        words=words_of(files),
        looks=list(looks[:MOST_LOOKS]),
        merges=list(merges),
        namesakes=list(namesakes(leading)[:MOST_NAMESAKES]) if not customer.merged_into_id else [],
        may={verb: may(user, f"customers.{verb}") for verb in VERBS},
    )


def _reaches(leading, files):
    """First number and address of the leading file, then the further ones and those of merged files, each once."""
    found = {}
    for file in sorted(files, key=lambda file: file.pk != leading.pk):
        for kind in ("phone", "email"):
            if value := getattr(file, kind):
                found.setdefault((kind, value), ("", file.pk == leading.pk))
    for contact in Contact.objects.filter(customer__in=[file.pk for file in files]):
        is_first = contact.is_primary and contact.customer_id == leading.pk
        found.setdefault((contact.kind, contact.value), (contact.label, is_first))
    names = dict(Contact.Kind.choices)
    order = list(names)
    lines = [
        Reach(kind, names[kind], value, mask_contact(kind, value), label, is_first)
        for (kind, value), (label, is_first) in found.items()
    ]
    return sorted(lines, key=lambda line: (order.index(line.kind), not line.is_first))


def words_of(files):
    """What holds now for each purpose, by the newest word in any file of the person."""
    newest = {}
    for word in Consent.objects.filter(customer__in=[file.pk for file in files]).order_by(*NEWEST):
        newest.setdefault(word.purpose, word)
    is_on = all(file.may_be_surveyed for file in files)
    found = []
    for purpose, name in Consent.Purpose.choices:
        word = newest.get(purpose)
        agrees = (word is None or word.is_given) and (is_on or purpose != Consent.Purpose.SURVEYS)
        found.append(Word(purpose, name, agrees, word, source_of(word) if word else ""))
    return found
