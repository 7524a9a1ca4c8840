"""Who may be asked or written to: the newest word of a person, whichever of their files it stands in."""

from django.db.models import Exists, OuterRef, Q, Subquery

from customers.models import Consent, Customer
from customers.selectors.families import family_of

#: of two words of the same moment the refusal counts
NEWEST = ("-at", "is_given", "-pk")


def askable(company, purpose=Consent.Purpose.SURVEYS):
    """Leading files whose owner takes part: no file of theirs is switched off, and their newest word is no refusal."""
    outer = OuterRef(OuterRef("pk"))
    family = Customer.objects.filter(Q(pk=outer) | Q(merged_into=outer)).values("pk")
    newest = Consent.objects.filter(customer__in=family, purpose=purpose).order_by(*NEWEST)
    files = Customer.objects.live().filter(company=company)
    if purpose == Consent.Purpose.SURVEYS:
        off = Customer.objects.filter(merged_into=OuterRef("pk"), may_be_surveyed=False)
        files = files.filter(~Exists(off), may_be_surveyed=True)
    given = files.annotate(newest_consent=Subquery(newest.values("is_given")[:1]))
    return given.filter(Q(newest_consent=None) | Q(newest_consent=True))


def consent_of(customer, purpose):
    """The newest Consent of this person for the purpose, or None."""
    words = Consent.objects.filter(customer__in=family_of(customer).values("pk"), purpose=purpose)
    return words.order_by(*NEWEST).first()


def disputed(first, second):
    """{purpose: the newer of both newest words} where one person's file was refused and the other's agreed to."""
    found = {}
    for purpose in Consent.Purpose.values:
        words = [word for word in (consent_of(file, purpose) for file in (first, second)) if word]
        if {word.is_given for word in words} == {True, False}:
            found[purpose] = max(words, key=lambda word: (word.at, not word.is_given))
    return found


def may_be_asked(customer_id, purpose):
    """Whether the person takes messages of this purpose: their newest word decides, a file's switch before it."""
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None:
        return False
    files = list(family_of(customer).values_list("may_be_surveyed", "erased_at"))
    if any(erased_at for _switch, erased_at in files):
        return False
    if purpose == Consent.Purpose.SURVEYS and not all(switch for switch, _erased_at in files):
        return False
    newest = consent_of(customer, purpose)
    return newest is None or newest.is_given
