"""Two files of one person become one, and can be taken apart again.

Nothing of other rooms is repointed: answers, cases and encounters stay with the file they were recorded under, so a
closed period re-run from its inputs finds them as they were. The dropped file only names the one that leads.
"""

from collections import defaultdict

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused
from customers.models import Apart, Consent, Contact, Customer, Merge
from customers.rules import contact_key
from customers.selectors.consents import disputed
from customers.services.consents import write_word
from customers.services.contacts import IN_FILE
from customers.services.locking import refuse_unless_live

LEAST_REASON = 4
#: fields whose value may be taken from the dropped file
CHOICES = ("name", "phone", "email", "language", "birthday")
FIELDS = (*CHOICES, "is_prospect")
#: source of the refusal that a merge carries over
MERGED = "merge"


@transaction.atomic
def merge(kept, dropped, *, reason, by, at, take=()):
    """Join `dropped` to `kept`; `take` names the fields of CHOICES whose value comes from the dropped file.

    What the kept file said before is remembered, and a telephone number or e-mail address that gives way becomes a
    further contact. What either file refused stays refused until the person agrees anew (CC-4.1): who agreed may not
    have known of it. Of simultaneous merges that would bite each other one is Refused.
    """
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise Refused(_("Write in a few words how you know that this is one person."), field="reason")
    kept, dropped = _both_locked(kept, dropped)
    before = _take_over(kept, dropped, [name for name in CHOICES if name in take], by, at)
    before |= _carry_refusals(kept, dropped, by, at)
    Customer.objects.filter(Q(pk=dropped.pk) | Q(merged_into=dropped.pk)).update(merged_into=kept.pk)
    Merge.objects.create(
        company=kept.company, kept=kept, dropped=dropped, reason=reason[:300], before=before, by=by, at=at
    )
    audit.record(
        "customers.customer.merged", dropped, by=by, at=at, data={"into": kept.pk, "fields": sorted(before)}
    )
    kept.refresh_from_db()
    return kept


def _both_locked(kept, dropped):
    """Both rows, locked in the order of their ids, whichever is to be kept."""
    found = {
        row.pk: row
        for row in Customer.objects.select_for_update().filter(pk__in=[kept.pk, dropped.pk]).order_by("pk")
    }
    if len(found) != 2:
        raise Refused(_("Choose two different files."))
    kept, dropped = found[kept.pk], found[dropped.pk]
    if kept.company_id != dropped.company_id:
        raise Refused(_("These files belong to different companies."))
    for file in (kept, dropped):
        refuse_unless_live(file)
    return kept, dropped


def _take_over(kept, dropped, names, by, at):
    """{field: [before, after]} of what the merge changes in the kept file, and the further contacts it makes."""
    values = {name: getattr(dropped, name) for name in names}
    values["is_prospect"] = kept.is_prospect and dropped.is_prospect
    changed = {name: value for name, value in values.items() if value != getattr(kept, name)}
    before, contacts = {}, []
    for name, value in changed.items():
        former = getattr(kept, name)
        before[name] = [_plain(former), _plain(value)]
        setattr(kept, name, value)
        if name in IN_FILE and former:
            contacts += _as_contact(kept, name, former, by, at)
    if changed:
        kept.save(update_fields=sorted(changed))
    return before | ({"contacts": contacts} if contacts else {})


def _carry_refusals(kept, dropped, by, at):
    """A refusal in the kept file for each purpose that one file refused and the other agreed to later."""
    words = [
        write_word(kept, purpose=purpose, is_given=False, source=MERGED, by=by, at=max(at, newest.at))
        for purpose, newest in disputed(kept, dropped).items()
        if newest.is_given
    ]
    return {"consents": [word.pk for word in words]} if words else {}


def _plain(value):
    return value.isoformat() if hasattr(value, "isoformat") else value


def _as_contact(kept, kind, value, by, at):
    key = contact_key(kind, value)
    if contact_key(kind, getattr(kept, kind)) == key or kept.contacts.filter(kind=kind, key=key).exists():
        return []
    made = Contact.objects.create(
        customer=kept, kind=kind, value=value, key=key, recorded_by=by, recorded_at=at
    )
    return [made.pk]


@transaction.atomic
def unmerge(customer, *, by, at):
    """Take a merged file out again, with those that had been merged into it; the file it left gets its values back.

    What was changed in that file since stays as it is.
    """
    merged = Merge.objects.select_for_update().filter(dropped=customer.pk, undone_at=None).first()
    if merged is None:
        raise Refused(_("This file is not merged. Reload the page."), code="state")
    family = _family_locked(merged.dropped_id)
    own = _below(merged.dropped_id, family)
    Customer.objects.filter(pk=merged.dropped_id).update(merged_into=None)
    Customer.objects.filter(pk__in=own - {merged.dropped_id}).update(merged_into=merged.dropped_id)
    _put_back(family[merged.kept_id], merged.before)
    Merge.objects.filter(pk=merged.pk).update(undone_by=by, undone_at=at, before={})
    dropped = family[merged.dropped_id]
    audit.record("customers.customer.unmerged", dropped, by=by, at=at, data={"from": merged.kept_id})
    dropped.refresh_from_db()
    return dropped


def _family_locked(pk):
    """{id: file} of the whole family of a merged file, locked; Refused when it has just moved elsewhere."""
    leading = Customer.objects.values_list("merged_into", flat=True).get(pk=pk)
    files = Customer.objects.select_for_update().filter(Q(pk=leading) | Q(merged_into=leading)).order_by("pk")
    family = {file.pk: file for file in files}
    if leading is None or pk not in family or family[leading].merged_into_id:
        raise Refused(_("Somebody else has just changed this. Reload the page."), code="state")
    return family


def _below(pk, family):
    """The file and all that were merged into it, by whatever steps."""
    below = defaultdict(list)
    rows = Merge.objects.filter(dropped__in=list(family), undone_at=None)
    for kept, dropped in rows.values_list("kept", "dropped"):
        below[kept].append(dropped)
    found, waiting = set(), [pk]
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting += below[one]
    return found


def _put_back(kept, before):
    """The values before the merge, where nobody has changed them since; what the merge itself refused is lifted."""
    Consent.objects.filter(pk__in=before.get("consents", []), customer=kept, source=MERGED).delete()
    Contact.objects.filter(
        pk__in=before.get("contacts", []), customer=kept, value__in=_formers(before)
    ).delete()
    changed = []
    for name, pair in before.items():
        if name in FIELDS and _plain(getattr(kept, name)) == pair[1]:
            field = Customer._meta.get_field(name)
            setattr(kept, name, field.to_python(pair[0]))
            changed.append(name)
    if changed:
        kept.save(update_fields=changed)


def _formers(before):
    return [before[kind][0] for kind in IN_FILE if kind in before]


@transaction.atomic
def keep_apart(first, second, *, by, at):
    """A person looked: these are different people. The pair is not shown again."""
    if first.company_id != second.company_id or first.pk == second.pk:
        raise Refused(_("Choose two different files."))
    low, high = sorted((first, second), key=lambda file: file.pk)
    found, is_new = Apart.objects.get_or_create(
        first=low, second=high, defaults={"company": low.company, "by": by, "at": at}
    )
    if is_new:
        audit.record("customers.customer.kept_apart", low, by=by, at=at, data={"other": high.pk})
    return found
