"""The customer's pages: `/s/<token>/` and, behind a QR code on a wall, `/q/<code>/`.

A GET writes nothing. Wrong, old and unknown links look the same. No cookie carries any right here: whoever holds
the secret in the address may write this one answer, so a forged cross-site post would have to know it already, and
the CSRF token would add a cookie and nothing else; that is why these views are exempt. The address itself is kept
from leaking by `Referrer-Policy: no-referrer` and `Cache-Control: no-store`.
"""

from contextlib import suppress

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from core.access import public
from core.flow import Refused
from core.tokens import hash_token, new_token
from surveys import limits, page
from surveys.entry import missing, read_section
from surveys.models import Invitation
from surveys.services import filling

LANGUAGES = ("zh-hans", "en")
UNREADABLE = (
    BadRequest,
    MultiPartParserError,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
    UnreadablePostError,
)


def public_page(view):
    """What every public survey page has in common: language, headers, limits of size."""

    def guarded(request, *args, **kwargs):
        try:
            if request.method == "POST":
                request.POST  # noqa: B018 parses the body now, where too large or broken ones are answered
            response = view(request, *args, **kwargs)
        except UNREADABLE:
            response = notice(request, language_of(request), "too_big", status=413)
        add_never_cache_headers(response)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    guarded.__name__, guarded.__doc__ = view.__name__, view.__doc__
    return csrf_exempt(public(guarded))


@public_page
@require_http_methods(["GET", "HEAD"])
def survey_intro(request, token):
    invitation = filling.find_invitation(token)
    language = language_of(request, invitation)
    if invitation and invitation.state == Invitation.State.SUBMITTED:
        return receipt(request, invitation, language)
    if invitation and invitation.state == Invitation.State.REFUSED:
        return notice(request, language, "declined", company=invitation.company)
    if not invitation or not filling.is_answerable(invitation, timezone.now()):
        return notice(request, language, "gone", status=404)
    return intro(request, invitation, language, base=f"/s/{token}/", invitation=invitation)


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def survey_part(request, token, part):
    at = timezone.now()
    invitation = filling.find_invitation(token)
    language = language_of(request, invitation)
    if invitation and invitation.state == Invitation.State.SUBMITTED:
        return to(f"/s/{token}/", language)
    if not invitation or not filling.is_answerable(invitation, at):
        return notice(request, language, "gone", status=404)
    if not 1 <= part <= len(invitation.campaign.version.parsed.sections):
        return to(f"/s/{token}/", language)
    if request.method != "POST":
        draft = getattr(invitation, "draft", None)
        kept = (draft.answers, draft.texts) if draft else ({}, {})
        return show_part(invitation, part, language, f"/s/{token}/", *kept)
    if limits.is_too_much("token", hash_token(token), limits.POSTS_PER_TOKEN):
        return notice(request, language, "too_often", status=429)
    return take_part(request, invitation, part, language, token, at)


@public_page
@require_POST
def survey_decline(request, token):
    invitation = filling.find_invitation(token)
    language = language_of(request, invitation)
    if not invitation or not filling.is_answerable(invitation, timezone.now()):
        return notice(request, language, "gone", status=404)
    with suppress(Refused):  # answered or declined in another window meanwhile: the first page shows which
        filling.decline(invitation, never_again=request.POST.get("go") == "never", at=timezone.now())
    return to(f"/s/{token}/", language)


@public_page
@require_http_methods(["GET", "HEAD"])
def open_intro(request, code):
    link = filling.find_open_link(code)
    language = language_of(request)
    if link is None:
        return notice(request, language, "gone", status=404)
    return intro(request, link, language, base=f"/q/{code}/")


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def open_part(request, code, part):
    """The first part behind a QR code; its save makes the invitation, whose own address goes on from there."""
    at = timezone.now()
    link = filling.find_open_link(code)
    language = language_of(request)
    if link is None:
        return notice(request, language, "gone", status=404)
    if part != 1:
        return to(f"/q/{code}/", language)
    if request.method != "POST":
        return show_part(link, 1, language, f"/q/{code}/", {}, {}, nonce=new_token())
    return take_first_part(request, link, language, at)


def take_first_part(request, link, language, at):
    """Errors are shown before anything is written; then the invitation is made and takes the page over."""
    nonce, base = request.POST.get("nonce", ""), f"/q/{link.code}/"
    if not is_nonce(nonce):
        nonce = new_token()
    content = link.campaign.version.parsed
    with translation.override(language):
        entry = read_section(
            content.sections[0], request.POST.getlist, complete=request.POST.get("go") != "back"
        )
    if entry.errors:
        return show_part(
            link, 1, language, base, entry.answers, entry.texts, entry.errors, nonce=nonce, status=422
        )
    if request.POST.get("go") == "back" and not (entry.answers or entry.texts):
        return to(base, language)
    if limits.is_too_much("new", f"{link.pk}:{limits.address_of(request)}", limits.NEW_PER_ADDRESS):
        return notice(request, language, "too_often", status=429)
    invitation = filling.invitation_from_link(link, nonce=nonce, at=at)
    if invitation is None:
        return notice(request, language, "gone", status=404)
    if invitation.state == Invitation.State.SUBMITTED:
        return to(f"/s/{nonce}/", language)
    return take_part(request, filling.find_invitation(nonce), 1, language, nonce, at)


def take_part(request, invitation, part, language, token, at):
    """Save the page; then back, on, or in. What was entered is kept whatever is wrong with it."""
    go, base = request.POST.get("go", "next"), f"/s/{token}/"
    content = invitation.campaign.version.parsed
    section, is_last = content.sections[part - 1], part == len(content.sections)
    with translation.override(language):
        entry = read_section(section, request.POST.getlist, complete=go not in {"back", "save"})
    try:
        if go == "save":
            filling.save_draft(invitation, entry=entry, at=at)
            return HttpResponse(status=204)
        if go == "back":
            filling.save_draft(invitation, entry=entry, at=at)
            return to(f"{base}{part - 1}/" if part > 1 else base, language)
        if entry.errors:
            draft = filling.save_draft(invitation, entry=entry, at=at)
            typed = draft.texts | long_texts(section, entry, request.POST)
            return show_part(invitation, part, language, base, draft.answers, typed, entry.errors, status=422)
        if not is_last:
            filling.save_draft(invitation, entry=entry, at=at)
            return to(f"{base}{part + 1}/", language)
        return finish(invitation, entry, language, base, at)
    except Refused as refusal:
        if refusal.code != filling.ALREADY:
            raise
        return to(base, language)


def finish(invitation, entry, language, base, at):
    """Hand in; an earlier part that was skipped by its address is shown with what it lacks."""
    try:
        filling.submit(invitation, entry=entry, language=language, at=at)
        return to(base, language)
    except Refused as refusal:
        if refusal.code != "incomplete":
            raise
    draft = filling.save_draft(invitation, entry=entry, at=at)
    content = invitation.campaign.version.parsed
    lacking = set(missing(content, draft.answers, draft.texts))
    index = next(i for i, s in enumerate(content.sections) if lacking & {q.code for q in s.questions})
    with translation.override(language):
        errors = {
            q.code: _("This has no answer yet.")
            for q in content.sections[index].questions
            if q.code in lacking
        }
    return show_part(invitation, index + 1, language, base, draft.answers, draft.texts, errors, status=422)


def long_texts(section, entry, posted):
    """Texts that were refused as too long are shown again, so that they can be shortened."""
    return {
        question.code: posted.get(f"q-{question.code}", "")[:20_000].replace("\x00", "")
        for question in section.questions
        if question.kind == "text" and question.code in entry.errors
    }


def show_part(about, part, language, base, answers, texts, errors=None, *, nonce="", status=200):
    """`about` is an invitation or an open link: both know campaign, company, employee and site."""
    html = page.render_part(
        about.campaign.version,
        part - 1,
        language,
        base=base,
        company=company_name(about.company, language),
        answers=answers,
        texts=texts,
        errors=errors,
        nonce=nonce,
        employee=about.employee.name if about.employee else "",
        site=str(about.site) if about.site else "",
    )
    return HttpResponse(html, status=status, headers={"Content-Language": language})


def intro(request, about, language, *, base, invitation=None):
    content = about.campaign.version.parsed
    draft = getattr(invitation, "draft", None)
    done = {**draft.answers, **draft.texts} if draft else {}
    parts = [any(q.code in done for q in section.questions) for section in content.sections]
    context = {
        "about": about,
        "invitation": invitation,
        "base": base,
        "title": page.in_language(content, "title", language),
        "intro": page.in_language(content, "intro", language),
        "questions": len(content.questions),
        "minutes": page.minutes(len(content.questions)),
        "resume": max((number for number, has in enumerate(parts, 1) if has), default=None),
        "has_integrity": content.with_role("integrity") is not None,
    }
    return shown(request, "intro", language, context, company=about.company)


def receipt(request, invitation, language):
    answer = invitation.answer
    given = [value for value in answer.answers.values() if value != "na"]
    context = {
        "answer": answer,
        "invitation": invitation,
        "given": len(given) + answer.texts.count(),
        "skipped": len(answer.answers) - len(given),
        "others": type(answer).objects.filter(campaign_id=answer.campaign_id).count() - 1,
    }
    return shown(request, "thanks", language, context, company=invitation.company)


def notice(request, language, kind, *, status=200, company=None):
    """A short friendly page: gone, declined, too_often, too_big."""
    return shown(request, "notice", language, {"kind": kind}, status=status, company=company)


def shown(request, name, language, context, *, status=200, company=None):
    with translation.override(language):
        context |= {
            "language": language,
            "company": company_name(company, language) if company else _("Customer survey"),
            "address": request.path,
        }
        response = render(request, f"surveys/public/{name}.html", context, status=status)
    response["Content-Language"] = language
    return response


def company_name(company, language):
    return (language == "en" and company.name_en) or company.name


def language_of(request, invitation=None):
    """?lang= wins, then what the customer's file says, then the cookie of the language switch."""
    asked = request.GET.get("lang")
    if asked in LANGUAGES:
        return asked
    customer = invitation.customer if invitation else None
    if customer and customer.language in LANGUAGES and customer.language != LANGUAGES[0]:
        return customer.language
    return request.LANGUAGE_CODE if request.LANGUAGE_CODE in LANGUAGES else LANGUAGES[0]


def is_nonce(text):
    return len(text) == 22 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()


def to(address, language):
    """303: the next page is fetched with GET, so that going back and reloading post nothing."""
    suffix = "?lang=en" if language == "en" else "?lang=zh-hans"
    return HttpResponseRedirect(address + suffix, status=303)
