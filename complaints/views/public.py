"""`/feedback/` and, from a poster, `/f/<code>/`: a customer's complaint, praise or suggestion.

A GET writes nothing. No cookie carries any right on the form: what makes a post count, and count once, is the signed
random value in it, so that checking the CSRF token too would only shut out browsers that keep no cookies. For those the
receipt is the answer to the post itself: the tracking code is told once and must not be lost on the way.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from complaints import tracking_code
from complaints.forms.public import KINDS, FeedbackForm
from complaints.models import Channel, FeedbackCode
from complaints.services import intake
from complaints.views import track
from complaints.views.customers import customer_page, notice, open_companies, rules_or_none, shown, to
from core.flow import Refused
from customers.rules import mask_email, mask_phone
from organization.models import Company
from surveys.limits import address_of, is_too_much

#: a hall of 200 people behind one address, each with something to say, meets no limit within the hour
NEW_PER_ADDRESS = 300
#: somebody who has the form open when the poster comes down can still send it
ENDED_GRACE = dt.timedelta(days=1)


@customer_page("GET", "POST", asks_token=False)
def feedback(request):
    """The form where there is one company; else the choice."""
    found = open_companies()
    if len(found) == 1:
        return form_page(request, *found[0])
    if not found:
        return notice(request, "closed", status=404)
    return shown(request, "companies", {"companies": [company for company, _rules in found]})


@customer_page("GET", "POST", asks_token=False)
def feedback_company(request, company):
    found = Company.objects.filter(code=company).first()
    rules = found and rules_or_none(found)
    if rules is None:
        return notice(request, "closed", status=404)
    return form_page(request, found, rules)


@customer_page("GET", "POST", asks_token=False)
def feedback_code(request, code):
    """From a poster: for one project or one person."""
    at = timezone.now()
    found = FeedbackCode.objects.filter(code=code).select_related("company", "site", "employee").first()
    latest = at - ENDED_GRACE if request.method == "POST" else at
    rules = rules_or_none(found.company) if found else None
    if rules is None or (found.ended_at and found.ended_at <= latest):
        company = found.company if found and rules else None
        return notice(request, "dead_code", status=404, company=company, rules=rules)
    return form_page(request, found.company, rules, code=found)


@customer_page("GET")
def feedback_privacy(request, company=None):
    """What is kept, how long, who sees it; in the words of the policy."""
    found = open_companies()
    chosen = next((pair for pair in found if company in (None, pair[0].code)), None)
    if chosen is None or (company is None and len(found) > 1):
        return feedback(request)
    return shown(request, "privacy", {"rules": chosen[1]}, company=chosen[0], rules=chosen[1])


def form_page(request, company, rules, *, code=None):
    at = timezone.now()
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = FeedbackForm(*given, company=company, rules=rules, at=at, code=code)
    if request.method != "POST":
        asked = request.GET.get("kind")
        form.initial["kind"] = asked if asked in dict(KINDS) else form.initial["kind"]
        return show_form(request, form, company, rules)
    if not form.is_valid():
        return show_form(request, form, company, rules, status=422)
    if is_too_much("feedback", address_of(request), NEW_PER_ADDRESS):
        too_often = _(
            "Very many messages came from this connection within the hour. Send yours again in an hour."
        )
        form.add_error(None, too_often)
        return show_form(request, form, company, rules, status=429)
    try:
        receipt = take(form, company, rules, code, at)
    except Refused as refusal:
        form.refuse(refusal)
        return show_form(request, form, company, rules, status=422)
    return hand_receipt(request, receipt, rules, at)


def show_form(request, form, company, rules, *, status=200):
    get_token(request)  # sets the cookie by which the post tells whether this browser keeps any
    paces = [(kind, word, rules.class_for(kind)) for kind, word in KINDS]
    context = {
        "form": form,
        "paces": paces,
        "about": form.code.employee if form.code else None,
        "rules": rules,
    }
    return shown(request, "form", context, company=company, rules=rules, status=status)


@transaction.atomic
def take(form, company, rules, code, at):
    """Files and words together or not at all."""
    files = [(one.name, one.read()) for one in form.cleaned_data["files"]]
    said = form.said()
    kept = track.keep_files(company, files, rules, at, is_anonymous=said.get("is_anonymous", False))
    return intake.receive(
        company=company,
        channel=Channel.WEB,
        at=at,
        files=kept,
        feedback_code=code,
        employees=[code.employee] if code and code.employee else [],
        language=translation.get_language(),
        **said,
    )


def hand_receipt(request, receipt, rules, at):
    if settings.CSRF_COOKIE_NAME not in request.COOKIES:
        return show_receipt(request, receipt.case, receipt.code, rules, is_again=not receipt.is_new)
    track.enter(request, receipt.case, at, has_receipt=True, is_again=not receipt.is_new)
    return to(reverse("feedback_receipt"))


@customer_page("GET")
def feedback_receipt(request):
    """Number and code, for as long as this browser may look at the case; then only whoever kept them."""
    found = track.tracked(request, timezone.now())
    if found is None or not found.entry.get("has_receipt"):
        return to(reverse("track"))
    case = found.case
    code, rules = tracking_code.code_of(case), rules_or_none(case.company)
    return show_receipt(request, case, code, rules, is_again=found.entry.get("is_again"))


def show_receipt(request, case, code, rules, *, is_again=False):
    follow = reverse("track_case")
    if track.tracked(request, timezone.now()) is None:
        follow = f"{reverse('track')}?number={case.number}"
    context = {
        "case": case,
        "code": code,
        "is_again": is_again,
        "phone": mask_phone(case.contact_phone),
        "email": mask_email(case.contact_email),
        "follow": follow,
    }
    return shown(request, "receipt", context, company=case.company, rules=rules)
