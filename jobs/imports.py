"""Import in three steps: upload (checked), preview by a worker, all rows in one transaction or none."""

import hashlib
from dataclasses import asdict

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import excel
from core.flow import Refused, advance
from core.imports import Column, ImportKind, Row, RowError, import_kinds
from jobs import services
from jobs.models import ImportBatch, Run, Upload

__all__ = ["Column", "ImportKind", "Row", "RowError", "import_kinds"]

CHECK, APPLY = "jobs.import_check", "jobs.import_apply"
MOST_ERRORS = 500
PREVIEW_ROWS = 20
KEPT_DAYS = 7


@transaction.atomic
def start_import(*, kind, company, content, name, by, at, params=None):
    """Keep a checked file under a random name and ask a worker for the preview. Returns the batch."""
    found = excel.check_file(content)
    upload = Upload(
        company=company,
        name=name[-255:],
        content_type=found,
        size=len(content),
        checksum=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,
        uploaded_at=at,
    )
    upload.file.save(f"{services.random_name()}.{found}", ContentFile(content), save=False)
    upload.save()
    batch = ImportBatch.objects.create(
        company=company,
        kind=kind.code,
        upload=upload,
        created_at=at,
        params={"language": translation.get_language(), **(params or {})},
    )
    services.request_run(
        company=company, kind=CHECK, key=str(batch.pk), by=by, at=at, params={"batch": batch.pk}
    )
    return batch


def request_confirm(batch, *, by, at):
    """Ask a worker to import all rows. Asking twice is harmless."""
    if batch.state != ImportBatch.State.PREVIEWED:
        raise Refused(_("This file cannot be imported any more. Reload the page."), code="state")
    return services.request_run(
        company=batch.company, kind=APPLY, key=str(batch.pk), by=by, at=at, params={"batch": batch.pk}
    )


@transaction.atomic
def cancel_import(batch, *, by, at):
    advance(batch, ImportBatch.CANCEL, by=by, at=at)
    transaction.on_commit(lambda: forget_file(batch.upload))


def run_of(batch):
    """The newest run of the batch (check, then apply), or None."""
    return (
        Run.objects.filter(kind__in=[CHECK, APPLY], key=str(batch.pk), company=batch.company)
        .order_by("-pk")
        .first()
    )


def check_run(run, beat):
    """Worker: read, check every row, keep a preview or the errors."""
    batch = ImportBatch.objects.select_related("upload", "company").get(pk=run.params["batch"])
    if batch.state != ImportBatch.State.UPLOADED:
        return {"state": batch.state}
    kind, at = import_kinds[batch.kind], timezone.now()
    with translation.override(batch.params.get("language")):
        beat(step=gettext_noop("reading the file"))
        try:
            table, rows, errors = examine(kind, batch, at, beat)
        except Refused as refusal:
            table, rows, errors = excel.Table([], []), [], [RowError(0, "", str(refusal.message))]
        return _keep_verdict(kind, batch, table, rows, errors, by=run.requested_by, at=at)


@transaction.atomic
def _keep_verdict(kind, batch, table, rows, errors, *, by, at):
    transition = ImportBatch.REJECT if errors else ImportBatch.PREVIEW
    preview = [] if errors else [preview_of(kind, row) for row in rows[:PREVIEW_ROWS]]
    advance(
        batch,
        transition,
        by=by,
        at=at,
        rows_total=len(table.rows),
        errors=told(kind, table, errors[:MOST_ERRORS]),
        preview=preview,
        result={"errors": len(errors), "bad_rows": len({error.row for error in errors})},
    )
    return {"rows": len(table.rows), "errors": len(errors)}


def apply_run(run, beat):
    """Worker: check once more (the world may have moved) and import, all rows or none. Safe to run twice."""
    batch = ImportBatch.objects.select_related("upload", "company").get(pk=run.params["batch"])
    if batch.state == ImportBatch.State.CONFIRMED:
        return batch.result
    kind, at = import_kinds[batch.kind], timezone.now()
    with translation.override(batch.params.get("language")):
        table, rows, errors = examine(kind, batch, at, beat)
        if errors:
            return _keep_verdict(kind, batch, table, rows, errors, by=run.requested_by, at=at)
        beat(step=gettext_noop("importing"), done=0, total=len(rows))
        with transaction.atomic():
            advance(
                batch,
                ImportBatch.CONFIRM,
                by=run.requested_by,
                at=at,
                confirmed_by=run.requested_by,
                confirmed_at=at,
            )
            counts = kind.apply(rows, batch.company, run.requested_by, at)
            ImportBatch.objects.filter(pk=batch.pk).update(result=counts, preview=[])
            transaction.on_commit(lambda: forget_file(batch.upload))
        beat(done=len(rows))
        return counts


def examine(kind, batch, at, beat):
    """(table, parsed rows, errors) of the batch's file."""
    with batch.upload.file.open("rb") as stream:
        table = excel.read_table(stream.read())
    beat(step=gettext_noop("checking the rows"), done=0, total=len(table.rows))
    rows, errors = parse_table(kind, table)
    if not errors and not rows:
        errors = [RowError(0, "", _("The file has a header but no rows."))]
    errors += _of_rows(kind, rows, errors, batch.company, at)
    errors.sort(key=lambda error: error.row)
    beat(done=len(table.rows))
    return table, rows, errors


def _of_rows(kind, rows, errors, company, at):
    """What the kind finds in rows whose needed cells could be read, so that one correction is enough.

    A cell that could not be read counts as empty here; what that leads to in the same cell is not said twice.
    """
    needed = [column.key for column in kind.columns if column.required]
    sound = [row for row in rows if all(row[key] is not None for key in needed)]
    said = {(error.row, error.column) for error in errors}
    found = kind.check_rows(sound, company, at) if sound else ()
    return [error for error in found if (error.row, error.column) not in said]


def parse_table(kind, table):
    """Rows with parsed cells, and an error for each cell that does not parse."""
    places = match_columns(kind, table.header)
    examples = [column.example for column in kind.columns]
    rows, errors = [], []
    for number, cells in table.rows:
        texts = {key: cells[index] if index < len(cells) else "" for key, index in places.items()}
        if [texts.get(column.key, "") for column in kind.columns] == examples:
            continue
        values = {}
        for column in kind.columns:
            values[column.key] = _parse_cell(column, texts.get(column.key, ""), number, errors)
        rows.append(Row(number, values))
    return rows, errors


def _parse_cell(column, text, number, errors):
    if not text:
        if column.required:
            errors.append(RowError(number, column.key, _("Fill this in; it must not be empty.")))
        return None
    try:
        return column.parse(text)
    except Refused as refusal:
        errors.append(RowError(number, column.key, str(refusal.message)))
        return None


def match_columns(kind, header):
    """{column key: index}; Refused when a needed column is missing or a header is not understood."""
    places, unknown = {}, []
    for index, name in enumerate(header):
        column = next((column for column in kind.columns if column.answers_to(name)), None)
        if column is None:
            unknown += [name] if name else []
        elif column.key in places:
            raise Refused(_("The column “%(name)s” is there twice. Delete one of them.") % {"name": name})
        else:
            places[column.key] = index
    missing = [column.name for column in kind.columns if column.required and column.key not in places]
    if missing:
        raise Refused(
            _("These columns are missing: %(names)s. The first row must hold the headers of the template.")
            % {"names": "、".join(missing)}
        )
    if unknown:
        raise Refused(
            _("These columns are not known: %(names)s. Delete them or use the headers of the template.")
            % {"names": "、".join(unknown)}
        )
    return places


def header_of(kind, column, header):
    """The header as the file writes it."""
    return next((name for name in header if column.answers_to(name)), column.name)


def preview_of(kind, row):
    """Texts for the preview, personal ones covered."""
    cells = [
        cover(row[column.key]) if column.is_personal else shown(row[column.key]) for column in kind.columns
    ]
    return {"row": row.number, "cells": cells}


def shown(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value)


def cover(value):
    """First three and last two characters of a personal value; short ones only their first."""
    text = shown(value)
    return f"{text[:3]}****{text[-2:]}" if len(text) >= 7 else text[:1] + "*" * (len(text) - 1)


def template_file(kind):
    """Bytes of the empty form."""
    columns = [(column.name, column.help, column.example, column.required) for column in kind.columns]
    return excel.template_workbook(columns, title=str(kind.title))


def annotated_file(batch, *, at):
    """Bytes of the uploaded table with everything to correct; Refused when the file was already let go.

    Checked anew: the page keeps the first MOST_ERRORS only, and who corrects the file wants to see all of them.
    """
    if not batch.upload.file:
        raise Refused(_("The file is no longer kept. Import it again to see what to correct."))
    kind = import_kinds[batch.kind]
    table, _rows, errors = examine(kind, batch, at, lambda **shown: None)
    return excel.annotated_workbook(table, told(kind, table, errors), title=str(kind.title))


def told(kind, table, errors):
    """Errors as they are kept and shown, columns named as the file names them."""
    names = {column.key: header_of(kind, column, table.header) for column in kind.columns}
    return [asdict(error) | {"column": names.get(error.column, "")} for error in errors]


def forget_file(upload):
    """Uploaded tables hold personal data: they go when they are no longer needed, and what was quoted of them too."""
    ImportBatch.objects.filter(upload=upload).update(preview=[], errors=[])
    if upload.file:
        upload.file.delete(save=False)
        Upload.objects.filter(pk=upload.pk).update(file="")


def forget_old_files(at):
    """Tick: files nobody confirmed within a week. What waited for it is cancelled: there is nothing left to confirm."""
    limit = at - timezone.timedelta(days=KEPT_DAYS)
    used = ImportBatch.objects.filter(upload__uploaded_at__lt=limit).exclude(upload__file="")
    for batch in used.select_related("upload")[:50]:
        if batch.state in (ImportBatch.State.UPLOADED, ImportBatch.State.PREVIEWED):
            with transaction.atomic():
                advance(batch, ImportBatch.CANCEL, by=None, at=at)
        forget_file(batch.upload)
