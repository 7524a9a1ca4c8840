"""What stands in the books already gets its fingerprint in the log; from here on the database refuses changes."""

import datetime as dt
import hashlib
import json

from django.db import migrations
from django.utils import timezone

from incentives import guards

LINE = (
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
NOTICE = ("company_id", "decision_id", "kind", "number", "title", "body", "published_at")
BATCH = ("company_id", "number", "month", "made_by_id", "made_at", "lines", "total_points", "total_fen")
KINDS = (
    ("LedgerLine", "incentives.ledger.add", LINE),
    ("PayrollBatch", "incentives.payroll.make", BATCH),
    ("Notice", "incentives.notice.publish", NOTICE),
)


def take_fingerprints(apps, schema_editor):
    log, at = apps.get_model("audit", "AuditRow"), timezone.now()
    for name, verb, fields in KINDS:
        model = apps.get_model("incentives", name)
        for row in model._base_manager.order_by("pk").iterator(chunk_size=50):
            values = [plain(getattr(row, field)) for field in fields]
            if name == "PayrollBatch":
                values += contents(apps, row)
            text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
            log._base_manager.create(
                company_id=row.company_id,
                at=at,
                verb=verb,
                model=f"incentives.{name.lower()}",
                object_id=row.pk,
                data={"sha256": hashlib.sha256(text.encode()).hexdigest()},
            )


def contents(apps, batch):
    lines = apps.get_model("incentives", "PayrollLine")._base_manager.filter(batch_id=batch.pk)
    files = [hashlib.sha256(bytes(content)).hexdigest() for content in (batch.csv, batch.xlsx)]
    return [*files, list(lines.order_by("line_id").values_list("line_id", flat=True))]


def plain(value):
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("incentives", "0003_service_of_letters"),
    ]
    operations = [
        migrations.RunPython(take_fingerprints, migrations.RunPython.noop),
        migrations.RunPython(
            lambda apps, schema_editor: guards.install(schema_editor.connection),
            lambda apps, schema_editor: guards.remove(schema_editor.connection),
        ),
    ]
