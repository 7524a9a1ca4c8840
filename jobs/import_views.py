"""Pages of an import. The addresses in urls.py guard each table's pages with that table's verb."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.excel import MOST_ROWS
from core.flow import Refused
from jobs import imports
from jobs.models import ImportBatch

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Table (.xlsx or .csv)"),
        error_messages={"required": gettext_lazy("Choose a file first.")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv", "class": "form-control"}),
    )


def start(request, kind):
    """Choose a file (GET), take it in (POST)."""
    found = imports.import_kinds[kind]
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = _take_in(request, found, form.cleaned_data["file"])
            return redirect(f"import_{kind}_batch", batch.pk)
        except Refused as refusal:
            form.add_error("file", str(refusal.message))
    context = {
        "kind": found,
        "form": form,
        "links": _links(kind),
        "most_rows": MOST_ROWS,
        "recent": _batches(request, kind).filter(company=request.company).select_related("upload")[:8],
    }
    return render(request, "jobs/import_start.html", context, status=422 if form.errors else 200)


def _take_in(request, kind, file):
    if file.size > imports.excel.MOST_BYTES:
        raise Refused(
            _("The file is larger than %(most)s MB. Split it and import the parts.")
            % {"most": imports.excel.MOST_BYTES >> 20}
        )
    return imports.start_import(
        kind=kind,
        company=request.company,
        content=file.read(),
        name=file.name,
        by=request.user,
        at=timezone.now(),
    )


def template(request, kind):
    found = imports.import_kinds[kind]
    return _download(imports.template_file(found), f"{kind}.xlsx")


def batch(request, kind, pk):
    return render(request, "jobs/import_batch.html", _context(request, kind, pk))


def state(request, kind, pk):
    """The part of the page that moves, for polling."""
    return render(request, "jobs/import_batch.html#state", _context(request, kind, pk))


@require_POST
def confirm(request, kind, pk):
    imports.request_confirm(_one(request, kind, pk), by=request.user, at=timezone.now())
    return redirect(f"import_{kind}_batch", pk)


@require_POST
def cancel(request, kind, pk):
    imports.cancel_import(_one(request, kind, pk), by=request.user, at=timezone.now())
    return redirect(f"import_{kind}")


def corrections(request, kind, pk):
    found = _one(request, kind, pk)
    return _download(imports.annotated_file(found, at=timezone.now()), f"{kind}-{pk}.xlsx")


def _batches(request, kind):
    return ImportBatch.objects.visible_to(request.user).filter(kind=kind)


def _one(request, kind, pk):
    return get_object_or_404(_batches(request, kind).select_related("upload", "company"), pk=pk)


def _context(request, kind, pk):
    found = _one(request, kind, pk)
    run = imports.run_of(found)
    return {
        "kind": imports.import_kinds[kind],
        "batch": found,
        "run": run,
        "is_moving": bool(run) and run.state in {run.State.QUEUED, run.State.RUNNING},
        "links": _links(kind, pk),
    }


def _links(kind, pk=None):
    """The addresses of this table's pages, by step."""
    links = {"start": reverse(f"import_{kind}"), "template": reverse(f"import_{kind}_template")}
    if pk is not None:
        steps = ("batch", "state", "confirm", "cancel", "corrections")
        links |= {step: reverse(f"import_{kind}_{step}", args=[pk]) for step in steps}
    return links


def _download(content, name):
    response = HttpResponse(content, content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
