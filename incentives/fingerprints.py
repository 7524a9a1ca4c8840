"""Fingerprints of what never changes: ledger lines, payroll files, served documents.

Each stands in the audit log from the moment of writing. The log is chained and its head kept outside the database, so
that a change made by hand in a table is found (facts 5 and 7).
"""

import datetime as dt
import hashlib
import json

from audit import services as audit
from audit.models import AuditRow
from incentives.models import LedgerLine, Notice, PayrollBatch, PayrollLine

LINE_FIELDS = (
    "company_id",
    "number",
    "employee_id",
    "department_id",
    "decision_id",
    "effect",
    "part",
    "reverses_id",
    "unit",
    "money_class",
    "amount",
    "counts_for",
    "posted_at",
)
NOTICE_FIELDS = ("company_id", "decision_id", "kind", "number", "title", "body", "published_at")
BATCH_FIELDS = (
    "company_id",
    "number",
    "month",
    "made_by_id",
    "made_at",
    "lines",
    "total_points",
    "total_fen",
)


def of_line(line):
    return _digest(_values(line, LINE_FIELDS))


def of_notice(notice):
    return _digest(_values(notice, NOTICE_FIELDS))


def of_batch(batch):
    """Over both files themselves and the lines that the batch holds."""
    lines = PayrollLine.objects.filter(batch=batch).order_by("line").values_list("line", flat=True)
    files = [hashlib.sha256(bytes(content)).hexdigest() for content in (batch.csv, batch.xlsx)]
    return _digest([*_values(batch, BATCH_FIELDS), *files, list(lines)])


#: model -> (verb of its entry in the log, its fingerprint)
KINDS = {
    LedgerLine: ("incentives.ledger.add", of_line),
    PayrollBatch: ("incentives.payroll.make", of_batch),
    Notice: ("incentives.notice.publish", of_notice),
}


def keep(row, *, by, at, **data):
    """The entry in the log, in the transaction that writes the row."""
    verb, fingerprint = KINDS[type(row)]
    audit.record(verb, row, by=by, at=at, data={"sha256": fingerprint(row), **data})


def fact_5_fingerprints():
    """Lines, payroll files and documents are those that were written: none changed, added or taken away by hand."""
    for model, (verb, fingerprint) in KINDS.items():
        name = model._meta.verbose_name
        kept = _kept(model, verb)
        for row in model.objects.order_by("pk").iterator(chunk_size=50):
            if row.pk not in kept:
                yield f"{name} {row.number} was never written by the system"
            elif kept.pop(row.pk) != fingerprint(row):
                yield f"{name} {row.number} is not what was written"
        for pk in kept:
            yield f"{name} {pk} was written and is gone"


def _kept(model, verb):
    """{id: fingerprint}; the first entry counts, a later one for the same row would be no writing of it."""
    rows = AuditRow.objects.filter(verb=verb, model=model._meta.label_lower, data__has_key="sha256")
    return {pk: data["sha256"] for pk, data in rows.order_by("-pk").values_list("object_id", "data")}


def _values(row, names):
    return [_plain(getattr(row, name)) for name in names]


def _plain(value):
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value


def _digest(values):
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
