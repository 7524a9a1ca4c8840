"""The command line takes the same path as the pages: upload, check, confirm."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.flow import Refused
from jobs import imports, services
from jobs.models import ImportBatch
from organization.models import Company


class ImportCommand(BaseCommand):
    """A command that imports one kind of table: subclasses set `kind` (the code of the ImportKind) and `help`."""

    kind = ""

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="xlsx or csv")
        parser.add_argument("--unit", required=True, help="code of the company")

    def handle(self, *args, **options):
        run_import_command(self.kind, options["file"], options["unit"], write=self.stdout.write)


def run_import_command(kind, file, unit, *, write=print):
    """Import `file` as `kind` into the company with the code `unit`; prints counts or every bad row."""
    company = Company.objects.filter(code=unit).first()
    if company is None:
        raise CommandError(f"no company has the code {unit!r}")
    try:
        content = Path(file).read_bytes()
    except OSError as problem:
        raise CommandError(str(problem)) from None
    try:
        batch = _import(imports.import_kinds[kind], company, content, Path(file).name)
    except Refused as refusal:
        raise CommandError(str(refusal.message)) from None
    if batch.state != ImportBatch.State.CONFIRMED:
        raise CommandError(_report(batch))
    counts = ", ".join(f"{name} {batch.result.get(name, 0)}" for name in ("created", "changed", "unchanged"))
    write(f"{file}: {batch.rows_total} rows, {counts}")
    return batch.result


def _import(kind, company, content, name):
    at = timezone.now()
    batch = imports.start_import(kind=kind, company=company, content=content, name=name, by=None, at=at)
    _finish(imports.run_of(batch))
    batch.refresh_from_db()
    if batch.state == ImportBatch.State.PREVIEWED:
        _finish(imports.request_confirm(batch, by=None, at=at))
        batch.refresh_from_db()
    return batch


def _finish(run):
    run = services.finish_here(run)
    if run.state == run.State.FAILED:
        raise Refused(run.error)


def _report(batch):
    lines = [f"nothing was imported: {batch.result.get('errors', 0)} cells to correct"]
    for error in batch.errors:
        place = f"row {error['row']}" if error["row"] else "file"
        column = f", {error['column']}" if error["column"] else ""
        lines.append(f"  {place}{column}: {error['reason']}")
    return "\n".join(lines)
