"""The list of customer files, a new file, the export."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.access import may, require
from customers import export, services
from customers.forms.file import ExportForm, NewCustomerForm, styled
from customers.forms.filters import CustomerFilter
from customers.models import Customer
from customers.policy import rules_of
from customers.rules import tail_of
from customers.selectors.families import files_with_phone
from customers.selectors.listing import lines_of
from customers.selectors.stages import stage_counts
from customers.views.frame import attempt, posted
from organization.scopes import today

PAGE = 50


def chosen_files(request, stages, day):
    files = Customer.objects.visible_to(request.user).live().filter(company=request.company)
    return CustomerFilter(request.GET, files, company=request.company, stages=stages, day=day)


@require("customers.view")
@require_GET
def customers(request):
    if tail := tail_of(request.GET.get("q", "")):
        return _with_tail(request, tail)
    day = today()
    stages = rules_of(request.company, day).stages
    chosen = chosen_files(request, stages, day)
    page = Paginator(chosen.qs.order_by("number"), PAGE).get_page(request.GET.get("page"))
    counts = stage_counts(request.company, stages, day)
    context = {
        "filter": chosen,
        "page": page,
        "lines": lines_of(page.object_list, request.company, stages, day),
        "tabs": [(stage.code, str(stage), counts[stage.code]) for stage in stages],
        "stage": request.GET.get("stage", ""),
        "may": {
            verb: may(request.user, f"customers.{verb}") for verb in ("import", "edit", "merge", "export")
        },
    }
    return render(request, "customers/customers.html", context)


def _with_tail(request, tail):
    """Whoever types a whole telephone number is shown whose number ends so; the number leaves the address."""
    asked = request.GET.copy()
    asked["q"] = tail
    return redirect(f"{request.path}?{asked.urlencode()}")


@require("customers.edit")
@require_http_methods(["GET", "POST"])
def customer_new(request):
    """A file by hand; where the number is known already, the files are named and a box asks."""
    form = NewCustomerForm(posted(request))
    made, twins, status = [], (), 200
    if request.method == "POST":
        status = attempt(form, lambda: made.append(_create(request, form)))
        if made:
            messages.success(request, _("The file is open. Add what the customer looks for and likes."))
            return redirect("customer", made[0].pk)
        if status == 409 and "phone" in form.errors:
            twins = files_with_phone(
                request.company, form.cleaned_data.get("phone") or request.POST["phone"]
            )[:5]
            if twins:
                form.ask_to_confirm()
    context = {"form": styled(form), "twins": twins}
    return render(request, "customers/new.html", context, status=status)


def _create(request, form):
    given = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    return services.create_customer(company=request.company, by=request.user, at=timezone.now(), **given)


@require("customers.export")
@require_http_methods(["GET", "POST"])
def customers_export(request):
    """The list as filtered, as a table: masked, or with a reason as it is. Logged, and shown on each file in it."""
    day, at = today(), timezone.now()
    rules = rules_of(request.company, day)
    files = chosen_files(request, rules.stages, day).qs.order_by("number")
    form = ExportForm(posted(request), may_unmask=may(request.user, "customers.unmask"))
    done, status = [], 200
    if request.method == "POST":
        status = attempt(form, lambda: done.append(_record(request, form, files, at)))
        if done:
            return _table(request, done[0], form.is_unmasked, rules, at)
    context = {"form": styled(form), "count": files.count(), "most": export.MOST_ROWS}
    return render(request, "customers/export.html", context, status=status)


def _record(request, form, files, at):
    ids = export.ids_of(files)
    services.record_export(
        request.company, ids=ids, by=request.user, at=at,
        is_unmasked=form.is_unmasked, reason=form.cleaned_data.get("reason", ""),
    )  # fmt: skip
    return ids


def _table(request, ids, is_unmasked, rules, at):
    content = export.workbook(ids, is_unmasked=is_unmasked, rules=rules, company=request.company, at=at)
    response = FileResponse(
        content, as_attachment=True, filename=export.file_name(at, is_unmasked), content_type=export.XLSX
    )
    response.headers["Cache-Control"] = "no-store"
    return response
