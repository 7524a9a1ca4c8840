"""Write an audit row in the caller's transaction; seal rows in batches soon after; check the chain."""

import json
from pathlib import Path

from django.conf import settings
from django.db import transaction

from audit.models import AuditRow, ChainHead, Seal
from audit.rules import link_hash
from core.registries import audited_apart

BATCH = 1000


def record(
    verb,
    obj,
    *,
    by,
    at,
    on_behalf_of=None,
    from_state="",
    to_state="",
    reason_code="",
    data=None,
    company_id=None,
):
    """One row about `obj`. Free text belongs to the object itself; here stand ids and codes."""
    if company_id is None and not any(is_apart(obj) for is_apart in audited_apart):
        company_id = getattr(obj, "company_id", None)
    return AuditRow.objects.create(
        company_id=company_id,
        at=at,
        actor=by,
        on_behalf_of=on_behalf_of,
        verb=verb,
        model=obj._meta.label_lower,
        object_id=obj.pk,
        from_state=from_state,
        to_state=to_state,
        reason_code=reason_code,
        data=data or {},
    )


def seal(at):
    """Chain every row not yet sealed, company by company. Safe to run twice at once. Returns the number sealed."""
    waiting = AuditRow.objects.filter(seal=None)
    companies = {company_id or 0 for company_id in waiting.values_list("company_id", flat=True).distinct()}
    return sum(_seal_company(company_id, at) for company_id in sorted(companies))


@transaction.atomic
def _seal_company(company_id, at):
    ChainHead.objects.get_or_create(company_id=company_id)
    head = ChainHead.objects.select_for_update().get(company_id=company_id)
    rows = AuditRow.objects.filter(seal=None, company_id=company_id or None).order_by("pk")[:BATCH]
    seals = []
    for row in rows:
        head.hash, previous, head.seq = link_hash(head.hash, canonical(row)), head.hash, head.seq + 1
        seals.append(
            Seal(
                company_id=company_id,
                seq=head.seq,
                row=row,
                previous_hash=previous,
                hash=head.hash,
                sealed_at=at,
            )
        )
    if seals:
        Seal.objects.bulk_create(seals)
        head.save(update_fields=["seq", "hash"])
        transaction.on_commit(lambda: anchor(head, at))
    return len(seals)


def canonical(row):
    """Plain values of a row, as they are hashed."""
    return {
        "id": row.pk,
        "company": row.company_id,
        "at": row.at.timestamp(),
        "actor": row.actor_id,
        "for": row.on_behalf_of_id,
        "verb": row.verb,
        "model": row.model,
        "object": row.object_id,
        "from": row.from_state,
        "to": row.to_state,
        "reason": row.reason_code,
        "data": row.data,
    }


def anchor(head, at):
    """Write count and last hash outside the database, so that a cut tail is noticed."""
    path = Path(settings.ANCHOR_DIR)
    path.mkdir(parents=True, exist_ok=True)
    line = {"company": head.company_id, "seq": head.seq, "hash": head.hash, "at": at.isoformat()}
    with (path / f"company-{head.company_id}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def newest_anchor(company_id):
    """(seq, hash) of the last anchored line, or None."""
    path = Path(settings.ANCHOR_DIR) / f"company-{company_id}.jsonl"
    if not path.exists():
        return None
    lines = path.read_text(encoding="utf-8").strip().splitlines()
    last = json.loads(lines[-1])
    return last["seq"], last["hash"]


def violations():
    """Sentences, one per break of the chain (fact 7)."""
    for company_id in Seal.objects.order_by().values_list("company_id", flat=True).distinct():
        yield from _chain_violations(company_id)
    for head in ChainHead.objects.all():
        anchored = newest_anchor(head.company_id)
        if (
            anchored
            and not Seal.objects.filter(
                company_id=head.company_id, seq=anchored[0], hash=anchored[1]
            ).exists()
        ):
            yield f"audit chain of company {head.company_id}: anchored link {anchored[0]} is missing or changed"


def _chain_violations(company_id):
    previous, expected = "", 0
    seals = Seal.objects.filter(company_id=company_id).select_related("row").order_by("seq")
    for link in seals.iterator(chunk_size=2000):
        expected += 1
        if link.seq != expected:
            yield f"audit chain of company {company_id}: link {expected} is missing"
            return
        if link.row_id is None or link.previous_hash != previous:
            yield f"audit chain of company {company_id}: link {link.seq} does not follow its predecessor"
            return
        if link_hash(previous, canonical(link.row)) != link.hash:
            yield f"audit chain of company {company_id}: row {link.row_id} was changed after sealing"
            return
        previous = link.hash
    head = ChainHead.objects.filter(company_id=company_id).first()
    if head is None or (head.seq, head.hash) != (expected, previous):
        yield f"audit chain of company {company_id}: the tail was cut after link {expected}"
