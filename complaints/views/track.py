"""`/track/`: number and code open one case for half an hour, in this browser only; no login, nothing in the address."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import progress, rating_link
from complaints.forms.public import MoreForm, ReasonForm, TrackForm
from complaints.letters import REOPENABLE
from complaints.models import Case
from complaints.policy import rules_of
from complaints.services import tracking
from complaints.views.customers import customer_page, notice, open_companies, shown, to
from core.flow import Refused
from core.period import SHANGHAI
from jobs import attachments
from surveys.limits import address_of

SESSION_KEY = "tracked_case"
#: after the last thing they did, not the last look
SECONDS = 30 * 60
RATINGS = (
    (1, gettext_lazy("very poor")),
    (2, gettext_lazy("poor")),
    (3, gettext_lazy("fair")),
    (4, gettext_lazy("good")),
    (5, gettext_lazy("very good")),
)


@dataclass(frozen=True)
class Tracked:
    """The case this browser may look at, and what the session says of it."""

    case: Case
    entry: dict


@dataclass(frozen=True)
class Act:
    """Something a customer does with one text: the words of its page, and the verb."""

    name: str
    title: object
    lead: object
    label: object
    missing: object
    button: object
    done: object
    verb: object
    needs: str


ACTS = {
    "withdraw": Act(
        "withdraw",
        gettext_lazy("Take %(number)s back?"),
        gettext_lazy("We then stop working on it. What you wrote is kept as long as the privacy page says."),
        gettext_lazy("Why (you need not say)"),
        "",
        gettext_lazy("Take it back"),
        gettext_lazy("You took it back. Nobody works on it any more."),
        tracking.withdraw,
        "withdraw",
    ),
    "reopen": Act(
        "reopen",
        gettext_lazy("Ask us to look at %(number)s again"),
        gettext_lazy(
            "Write what is still wrong or what our answer left out. The time to answer starts anew."
        ),
        gettext_lazy("What is not solved"),
        gettext_lazy("Write what is not solved, so that we can look at just that."),
        gettext_lazy("Ask to look again"),
        gettext_lazy("We look at it again."),
        tracking.reopen,
        "reopen",
    ),
    "supervisor": Act(
        "supervisor",
        gettext_lazy("Ask a supervisor to look at %(number)s"),
        gettext_lazy("It goes over the heads of those who work on it."),
        gettext_lazy("What the supervisor should know"),
        gettext_lazy("Write a few words, so that the supervisor knows what it is about."),
        gettext_lazy("Send to a supervisor"),
        gettext_lazy("A supervisor has been told."),
        tracking.call_supervisor,
        "supervisor",
    ),
}


def enter(request, case, at, **facts):
    """From now on this browser may look at the case. A new session key, so that nobody who knew the old one may."""
    request.session.cycle_key()
    request.session[SESSION_KEY] = {"case": case.pk, "until": int(at.timestamp()) + SECONDS, **facts}


def tracked(request, at):
    """Tracked, or None when nobody entered a right code here within the time."""
    entry = request.session.get(SESSION_KEY)
    if not entry or entry["until"] <= at.timestamp():
        return None
    cases = Case.objects.of_customers().select_related("company", "site", "department", "merged_into")
    case = cases.filter(pk=entry["case"]).first()
    return Tracked(case, entry) if case else None


def rules_at(case, at):
    return rules_of(case.company, at.astimezone(SHANGHAI).date())


def keep_files(company, files, rules, at, *, is_anonymous=False):
    """Rows of [(name, bytes)]; what is wrong with them stands beside the field."""
    try:
        return attachments.keep_all(
            company=company, files=files, most=rules.most_files, by=None, at=at, hides_maker=is_anonymous
        )
    except Refused as refusal:
        raise Refused(refusal.message, code=refusal.code, field="files") from None


@customer_page("GET", "POST")
def track(request):
    at = timezone.now()
    if request.method != "POST":
        if tracked(request, at) and not request.GET.get("number"):
            return to(reverse("track_case"))
        return show_entry(request, TrackForm(initial={"number": request.GET.get("number", "")[:40]}))
    form = TrackForm(request.POST)
    if not form.is_valid():
        return show_entry(request, form, status=422)
    try:
        case = tracking.look_up(
            **form.cleaned_data, address=address_of(request), at=at, among=Case.objects.of_customers()
        )
    except Refused as refusal:
        form.refuse(refusal)
        return show_entry(request, form, status=429 if refusal.code == "limit" else 422)
    enter(request, case, at)
    return to(reverse("track_case"))


@customer_page("POST")
def track_leave(request):
    """Nothing of it stays in this browser; somebody signed in as a colleague stays signed in."""
    if request.user.is_authenticated:
        request.session.pop(SESSION_KEY, None)
        request.session.cycle_key()
    else:
        request.session.flush()
    return shown(request, "notice", {"kind": "left"})


@customer_page("GET")
def track_case(request):
    found = tracked(request, timezone.now())
    return show_case(request, found.case) if found else to(reverse("track"))


@customer_page("POST")
def track_add(request):
    """More words or files; what we asked is thereby answered."""
    at = timezone.now()
    found = tracked(request, at)
    if found is None:
        return lapsed(request)
    rules = rules_at(found.case, at)
    form = MoreForm(request.POST, request.FILES, most=rules.most_files)
    if not form.is_valid():
        return show_case(request, found.case, more=form, status=422)
    try:
        add(found.case, form, rules, at)
    except Refused as refusal:
        form.refuse(refusal)
        return show_case(request, found.case, more=form, status=422)
    return done(request, found.case, _("Sent. It stands below."), at)


@transaction.atomic
def add(case, form, rules, at):
    """Files and words together or not at all."""
    files = [(one.name, one.read()) for one in form.cleaned_data["files"]]
    kept = keep_files(case.company, files, rules, at, is_anonymous=case.is_anonymous)
    return tracking.add(case, text=form.cleaned_data["text"], files=kept, at=at)


@customer_page("POST")
def track_rate(request):
    at = timezone.now()
    found = tracked(request, at)
    if found is None:
        return lapsed(request)
    try:
        tracking.rate(
            found.case, rating=chosen_rating(request), comment=request.POST.get("comment", ""), at=at
        )
    except Refused as refusal:
        return show_case(request, found.case, sentence=refusal.message, status=422)
    return done(request, found.case, _("Thank you. Your rating counts."), at)


@customer_page("GET", "POST", asks_token=False)
def track_rate_link(request, number, token):
    """From the link in our answer: what lets rate is the token in it, no cookie. Looking at the page rates nothing."""
    at, case, refusal = timezone.now(), rating_link.find(number, token), None
    if case is None:
        return notice(request, "nothing", status=404)
    if request.method == "POST":
        try:
            tracking.rate(case, rating=chosen_rating(request), comment=request.POST.get("comment", ""), at=at)
            return to(request.path)
        except Refused as refused:
            if refused.code == "rated":  # the same tap again
                return to(request.path)
            refusal = refused
    grace = tracking.leading(case).grace_until
    context = {
        "case": case,
        "ratings": RATINGS,
        "sentence": refusal.message if refusal else "",
        "last_day": progress.last_day(grace) if case.kind in REOPENABLE and grace and at < grace else "",
    }
    status = 422 if refusal else 200
    return shown(request, "rate_link", context, company=case.company, rules=rules_at(case, at), status=status)


def chosen_rating(request):
    chosen = request.POST.get("rating", "")
    return int(chosen) if chosen in {"1", "2", "3", "4", "5"} else None


@customer_page("GET", "POST")
def track_act(request, name):
    """Take it back, ask to look again, call a supervisor: one page each, with one text."""
    act, at = ACTS.get(name), timezone.now()
    if act is None:
        raise Http404
    found = tracked(request, at)
    if found is None:
        return lapsed(request) if request.method == "POST" else to(reverse("track"))
    case = found.case
    if not progress.may_of(case, tracking.leading(case), at)[act.needs]:
        return to(reverse("track_case"))
    form = ReasonForm(
        request.POST if request.method == "POST" else None, label=act.label, missing=act.missing
    )
    if form.is_bound and form.is_valid():
        try:
            act.verb(case, at=at, **{"text" if name == "supervisor" else "reason": form.cleaned_data["text"]})
            return done(request, case, act.done, at)
        except Refused as refusal:
            form.refuse(refusal)
    return shown(
        request,
        "act",
        {"act": act, "title": act.title % {"number": case.number}, "form": form, "case": case},
        company=case.company,
        rules=rules_at(case, at),
        status=422 if form.errors else 200,
    )


@customer_page("GET")
def track_file(request, pk):
    """A file of theirs, or one that belongs to an answer to them."""
    found = tracked(request, timezone.now())
    one = next((file for file in progress.shown_files(found.case) if file.pk == pk), None) if found else None
    if one is None:
        return notice(request, "nothing", status=404)
    return attachments.response(one.attachment, inline=True)


def show_case(request, case, *, more=None, sentence="", status=200):
    at = timezone.now()
    rules = rules_at(case, at)
    context = {
        "progress": progress.progress(case, rules=rules, at=at),
        "case": case,
        "more": more or MoreForm(most=rules.most_files),
        "ratings": RATINGS,
        "sentence": sentence,
        "joiner": " " if translation.get_language() == "en" else "",
        "home": reverse("track_case"),
        "most_files": rules.most_files,
    }
    return shown(request, "case", context, company=case.company, rules=rules, status=status)


def done(request, case, sentence, at):
    """Say what happened on the next page; whoever does something stays another half hour."""
    messages.success(request, str(sentence))
    request.session[SESSION_KEY] |= {"until": int(at.timestamp()) + SECONDS}
    request.session.modified = True
    return to(reverse("track_case"))


def lapsed(request):
    """The time is over: what was typed is shown once more, so that it can be copied and sent after the code."""
    typed = (request.POST.get("text") or request.POST.get("comment") or "")[:5000]
    return show_entry(request, TrackForm(), status=403, lapsed=True, typed=typed.replace("\x00", ""))


def show_entry(request, form, *, status=200, **more):
    """Number and code. Whose they are is not known yet; where there is one company, it is named with its hotline."""
    found = open_companies()
    company, rules = found[0] if len(found) == 1 else (None, None)
    return shown(request, "track", {"form": form, **more}, company=company, rules=rules, status=status)
