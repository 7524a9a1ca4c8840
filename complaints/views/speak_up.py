"""`/speak-up/`: an internal report, and `/speak-up/track/`, where its sender follows it by number and code.

Of an anonymous sender nothing is kept, also of one who is signed in: no session is touched, the address is not even
counted, and what this browser may look at stands in a signed cookie of its own, not in the session.
"""

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from complaints import progress
from complaints.forms.public import MoreForm, ReasonForm, TrackForm
from complaints.forms.reports import ReportForm
from complaints.models import Case, Kind, State
from complaints.policy import rules_of
from complaints.recusal import day_of
from complaints.services import reports, tracking
from complaints.views.customers import customer_page, notice, open_companies, rules_or_none, to
from complaints.views.track import keep_files
from core.flow import Refused
from organization.models import Company, Employee
from surveys.limits import address_of, is_too_much

#: per company and hour, from whatever address: nobody's address is counted here
NEW_PER_COMPANY = 300
COOKIE = "report"
SALT = "complaints.report"
#: after the last look-up or act
SECONDS = 30 * 60


def shown(request, name, context, *, company=None, status=200):
    """The customers' pages without their hotline: it is answered by colleagues who must not hear of this."""
    english = translation.get_language() == "en"
    context |= {
        "company": company,
        "seal": str(company or "")[:1],
        "language": "en" if english else "zh-hans",
        "here": request.path,
    }
    return render(request, f"complaints/report/{name}.html", context, status=status)


@customer_page("GET", "POST")
def report_new(request):
    """The form where there is one company, or the one a colleague works in; else the choice."""
    found = dict(open_companies())
    own = getattr(request, "company", None)
    if own in found:
        return form_page(request, own, found[own])
    if len(found) == 1:
        return form_page(request, *next(iter(found.items())))
    if not found:
        return notice(request, "closed", status=404)
    return shown(request, "companies", {"companies": list(found)})


@customer_page("GET", "POST")
def report_new_company(request, company):
    found = Company.objects.filter(code=company).first()
    rules = found and rules_or_none(found)
    if rules is None:
        return notice(request, "closed", status=404)
    return form_page(request, found, rules)


def form_page(request, company, rules):
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ReportForm(*given, most_files=rules.most_files, colleagues=colleagues_for(request, company))
    if request.method != "POST":
        return show_form(request, form, company, rules)
    if not form.is_valid():
        return show_form(request, form, company, rules, status=422)
    if is_too_much("report", company.pk, NEW_PER_COMPANY):
        form.add_error(None, _("Very many reports came within the hour. Keep your text and try again later."))
        return show_form(request, form, company, rules, status=429)
    try:
        receipt = take(request, form, company, timezone.now())
    except Refused as refusal:
        form.refuse(refusal)
        return show_form(request, form, company, rules, status=422)
    context = {"case": receipt.case, "code": receipt.code, "is_again": not receipt.is_new}
    return shown(request, "receipt", context, company=company)


def show_form(request, form, company, rules, *, status=200):
    context = {"form": form, "rules": rules}
    return shown(request, "new", context, company=company, status=status)


def colleagues_for(request, company):
    """Names to choose from for those who work here; None for strangers, who must not read the staff list."""
    if not request.user.is_authenticated or company not in request.companies:
        return None
    return Employee.objects.filter(company=company, left_on=None).order_by("number")


@transaction.atomic
def take(request, form, company, at):
    """Words and files together or not at all."""
    by = None if form.is_anonymous else request.user
    given, rules = form.cleaned_data, rules_of(company, day_of(at))
    files = keep_files(company, unnamed(given["files"], by), rules, at, is_anonymous=by is None)
    return reports.file_report(
        company=company,
        text=given["text"],
        key=given["key"],
        at=at,
        by=by,
        employees=form.employees,
        people_named=given["people_named"],
        files=files,
        language=translation.get_language(),
    )


def unnamed(files, by):
    """[(name, bytes)]; of an anonymous sender even the names of files go, which often hold a person's."""
    return [
        (one.name if by else _("attachment %(number)s") % {"number": place}, one.read())
        for place, one in enumerate(files, 1)
    ]


# the sender's side -----------------------------------------------------------------------------------------------


def reports_only():
    return Case.objects.filter(kind=Kind.REPORT)


def tracked(request):
    """The report this browser may look at, or None when no right code was entered here within the time."""
    try:
        pk = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    return reports_only().select_related("company").filter(pk=pk).first()


def may_look(response, case):
    """In a cookie of this path alone: the session of somebody signed in never hears of it."""
    response.set_cookie(
        COOKIE,
        signing.dumps(case.pk, salt=SALT),
        max_age=SECONDS,
        path=reverse("report_new"),
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@customer_page("GET", "POST")
def report_track(request):
    if request.method != "POST":
        case = tracked(request)
        if case is not None and not request.GET.get("number"):
            return show_case(request, case)
        first = {"number": request.GET.get("number", "")[:40]}
        return shown(request, "look_up", {"form": TrackForm(initial=first)})
    form = TrackForm(request.POST)
    if not form.is_valid():
        return shown(request, "look_up", {"form": form}, status=422)
    try:
        case = tracking.look_up(
            **form.cleaned_data, address=address_of(request), at=timezone.now(), among=reports_only()
        )
    except Refused as refusal:
        form.refuse(refusal)
        return shown(request, "look_up", {"form": form}, status=429 if refusal.code == "limit" else 422)
    return may_look(to(reverse("report_track")), case)


@customer_page("POST")
def report_leave(request):
    response = shown(request, "left", {})
    response.delete_cookie(COOKIE, path=reverse("report_new"), samesite="Strict")
    return response


def show_case(request, case, *, more=None, back=None, status=200):
    at = timezone.now()
    rules = rules_of(case.company, day_of(at))
    found = for_sender(progress.progress(case, rules=rules, at=at))
    context = {
        "progress": found,
        "case": case,
        "more": more or MoreForm(most=rules.most_files),
        "back": back or reason_form(case),
        "most_files": rules.most_files,
        "joiner": " " if translation.get_language() == "en" else "",
    }
    return shown(request, "case", context, company=case.company, status=status)


def for_sender(found):
    """The course as customers see it, without what is theirs alone: places, a rating, links to files."""
    if found.lead.state == State.RESPONDED:
        found.title = _("It is answered")
    for step in found.steps:
        step.detail = step.detail if step.look == "next" else ""
        if step.word == str(progress.ANSWERING[1]):
            step.word = _("Answer you")
    for entry in [*found.answers, *(entry for step in found.steps for entry in step.said)]:
        entry.shown_files = []
    return found


def reason_form(case, data=None):
    """What is still wrong with the answer, or why it is taken back."""
    if case.state in tracking.ANSWERED:
        return ReasonForm(data, label=_("What is not solved"), missing=_("Write what is not solved."))
    return ReasonForm(data, label=_("Why (you need not say)"))


@customer_page("POST")
def report_add(request):
    """More words or files; what the readers asked is thereby answered."""
    case, at = tracked(request), timezone.now()
    if case is None:
        return lapsed(request)
    rules = rules_of(case.company, day_of(at))
    form = MoreForm(request.POST, request.FILES, most=rules.most_files)
    if form.is_valid():
        try:
            add(case, form, rules, at)
            return may_look(to(reverse("report_track")), case)
        except Refused as refusal:
            form.refuse(refusal)
    return show_case(request, case, more=form, status=422)


@transaction.atomic
def add(case, form, rules, at):
    files = unnamed(form.cleaned_data["files"], by=case.received_by)
    kept = keep_files(case.company, files, rules, at, is_anonymous=case.is_anonymous)
    return reports.say_more(case, text=form.cleaned_data["text"], files=kept, at=at)


@customer_page("POST")
def report_back(request):
    """Take it back, or, once it is answered, have it looked at again."""
    case, at = tracked(request), timezone.now()
    if case is None:
        return lapsed(request)
    form = reason_form(case, request.POST)
    if form.is_valid():
        verb = reports.look_again if case.state in tracking.ANSWERED else tracking.withdraw
        try:
            verb(case, reason=form.cleaned_data["text"], at=at)
            return may_look(to(reverse("report_track")), case)
        except Refused as refusal:
            form.refuse(refusal)
    return show_case(request, case, back=form, status=422)


def lapsed(request):
    """The time is over: what was typed is shown once more, to be copied."""
    typed = request.POST.get("text", "")[:5000].replace("\x00", "")
    return shown(request, "look_up", {"form": TrackForm(), "lapsed": True, "typed": typed}, status=403)
