"""One form, one verb, one answer: for pages on which a single step is taken."""

from django.contrib import messages
from django.utils import timezone

from approvals.forms import beside_the_field
from core.flow import Refused


def sent(request):
    """What a form is bound to: nothing before it is sent; files too."""
    return (request.POST, request.FILES) if request.method == "POST" else ()


def status_after(request, form, verb, thing, done):
    """Call `verb(thing, by=, at=, **cleaned)` for a form that was sent.

    None when it went through and `done` is said; else the status of the page with the form: 200 before anything was
    sent, 422 for a field, 409 for a rule.
    """
    if not form.is_bound:
        return 200
    if not form.is_valid():
        return 422
    try:
        verb(thing, by=request.user, at=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        beside_the_field(form, refusal)
        return 409
    messages.success(request, done)
    return None
