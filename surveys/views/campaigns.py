import segno
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import may, require
from core.excel import rows_as_xlsx
from core.period import SHANGHAI
from jobs.models import Run
from organization.scopes import reach_of, today
from surveys.forms import CampaignForm, OpenLinkForm, code_for
from surveys.models import Campaign, OpenLink
from surveys.registries import campaign_panels
from surveys.rules import response_rate
from surveys.selectors import response, response_by_stratum, with_response
from surveys.services import campaigns as verbs
from surveys.services.invitations import export_links, remind

PER_PAGE = 30
LINK_COLUMNS = (
    gettext_noop("Customer number"),
    gettext_noop("Name"),
    gettext_noop("Phone"),
    gettext_noop("Place"),
    gettext_noop("Link"),
)


def managed(request, pk):
    """The campaign, where this user may manage surveys; 404 elsewhere."""
    companies = reach_of(request.user, "surveys.manage").company_ids
    return get_object_or_404(Campaign.objects.filter(company_id__in=companies), pk=pk)


@require("surveys.view")
@require_GET
def campaigns(request):
    mine = Campaign.objects.visible_to(request.user).filter(company=request.company)
    shown = Paginator(mine.select_related("version__questionnaire"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    counted = {
        campaign.pk: campaign
        for campaign in with_response(Campaign.objects.filter(pk__in=[c.pk for c in shown]))
    }
    lines = [(campaign, counted[campaign.pk], _rate(counted[campaign.pk])) for campaign in shown]
    return render(request, "surveys/campaigns.html", {"page": shown, "lines": lines})


def _rate(campaign):
    return response_rate(campaign.responded, campaign.invited)


@require("surveys.manage")
@require_http_methods(["GET", "POST"])
def campaign_new(request):
    form = CampaignForm(request.POST or None, company=request.company, initial={"opens_on": today()})
    plan = None
    if request.method == "POST" and form.is_valid():
        if request.POST.get("go") == "create":
            return redirect("campaign", _create(request, form).pk)
        population, size, table = verbs.preview(request.company, form.audience_filter, today())
        plan = {"population": population, "size": size, "table": table}
    status = 422 if form.errors else 200
    return render(request, "surveys/campaign_new.html", {"form": form, "plan": plan}, status=status)


def _create(request, form):
    at, data = timezone.now(), form.cleaned_data
    return verbs.create_campaign(
        company=request.company,
        code=code_for(data["title"], at),
        title=data["title"],
        kind=form.kind,
        version=data["version"],
        opens_on=data["opens_on"],
        closes_on=data["closes_on"],
        audience=form.audience_filter,
        by=request.user,
        at=at,
    )


@require("surveys.view")
@require_GET
def campaign(request, pk):
    shown = get_object_or_404(
        Campaign.objects.visible_to(request.user).select_related("version__questionnaire", "company"), pk=pk
    )
    counts = response(shown)
    context = {
        "campaign": shown,
        "counts": counts,
        "answers": shown.answers.count(),
        "rate": response_rate(counts["answered"], counts["invited"]),
        "strata": _strata(shown),
        "run": Run.objects.filter(company=shown.company, kind=verbs.OPEN_RUN, key=str(shown.pk)).first(),
        "plan": _plan_of(shown),
        "links": shown.open_links.select_related("site", "employee", "department"),
        "form": OpenLinkForm(company=shown.company),
        "may_manage": may(request.user, "surveys.manage"),
        "panels": _panels(shown, request.GET),
    }
    return render(request, "surveys/campaign.html", context)


def _panels(shown, params):
    """Results that other rooms bring, once there can be answers."""
    if shown.state in Campaign.OPEN.sources:
        return []
    return [panel for make in campaign_panels if (panel := make(shown, params))]


def _strata(shown):
    """Allocation beside what came: [{stratum, population, drawn, answered, rate}]."""
    came = {row["stratum"]: row for row in response_by_stratum(shown)}
    rows = shown.allocation or [
        {"stratum": name, "population": None, **row} for name, row in came.items() if name
    ]
    return [
        {
            **row,
            "answered": came.get(row["stratum"], {}).get("answered", 0),
            "rate": response_rate(came.get(row["stratum"], {}).get("answered", 0), row["drawn"]),
        }
        for row in rows
    ]


def _plan_of(shown):
    if shown.state not in Campaign.OPEN.sources:
        return None
    population, size, table = verbs.preview(shown.company, shown.audience, today())
    return {"population": population, "size": size, "table": table}


@require("surveys.manage")
@require_POST
def campaign_open(request, pk):
    shown = managed(request, pk)
    verbs.request_opening(shown, by=request.user, at=timezone.now())
    messages.success(request, _("The sample is being drawn and invited. You may leave this page."))
    return redirect("campaign", pk)


@require("surveys.manage")
@require_POST
def campaign_close(request, pk):
    verbs.close_campaign(managed(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("The survey is closed; no more answers are taken."))
    return redirect("campaign", pk)


@require("surveys.manage")
@require_POST
def campaign_remind(request, pk):
    count = remind(managed(request, pk), days=0, at=timezone.now())
    messages.success(request, _("Reminders written: %d") % count)
    return redirect("campaign", pk)


@require("surveys.manage")
@require_POST
def campaign_links(request, pk):
    """Links for those without e-mail, as a table to print or hand out; they can be read only now."""
    shown, at = managed(request, pk), timezone.now()
    lines = export_links(shown, by=request.user, at=at)
    content = rows_as_xlsx([_(name) for name in LINK_COLUMNS], lines, sheet=_("Links"))
    response = HttpResponse(
        content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = (
        f'attachment; filename="{shown.code}-links-{at.astimezone(SHANGHAI):%Y%m%d}.xlsx"'
    )
    response["Cache-Control"] = "no-store"
    return response


@require("surveys.manage")
@require_POST
def open_link_new(request, pk):
    shown = managed(request, pk)
    form = OpenLinkForm(request.POST, company=shown.company)
    if not form.is_valid():
        messages.error(request, _("Say where the QR code hangs."))
        return redirect("campaign", pk)
    link = verbs.create_open_link(shown, by=request.user, at=timezone.now(), **form.cleaned_data)
    return redirect("open_link", link.pk)


@require("surveys.view")
@require_GET
def open_link(request, pk):
    """The poster: one A4 page to print."""
    reach = Q(company_id__in=reach_of(request.user, "surveys.view").company_ids)
    link = get_object_or_404(
        OpenLink.objects.filter(reach).select_related("campaign", "company", "site"), pk=pk
    )
    address = f"{settings.PUBLIC_URL}/q/{link.code}/"
    picture = segno.make(address, error="m").svg_data_uri(scale=8, border=2, dark="#1d2321")
    return render(request, "surveys/poster.html", {"link": link, "address": address, "picture": picture})
