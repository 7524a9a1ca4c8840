"""One survey page of 20 questions, shown and handed in: the product beside a bare Django view.

The bare view is what one would write in an hour: it finds the invitation, renders the same 20 questions from a plain
template, checks the posted values and inserts the same rows (answer, text, audit row, event, deliveries). Both go
through the same middleware and Django's test client, on the same database, by turns.
"""

import datetime as dt
import gc
import statistics
import time

from django.db import transaction
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client, override_settings
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from audit.models import AuditRow
from core.models import Delivery, Event
from core.registries import event_handlers
from core.tokens import hash_token, new_token
from organization.models import Company
from surveys.content import UNLIMITED, checksum, frozen, parse_content
from surveys.models import Answer, AnswerText, Campaign, Invitation, Questionnaire, QuestionnaireVersion

QUESTIONS = 20
LABELS = ("非常不满意", "不满意", "一般", "满意", "非常满意")
POSTED = {f"q-q{number}": "4" for number in range(1, QUESTIONS)} | {
    f"q-q{QUESTIONS}": "贷款资料最好一次说清。"
}
PAGE = Template(
    """<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>{{ title }}</title>
<link rel="stylesheet" href="/static/manyi/survey.css"></head><body>
<form method="post"><main class="wrap"><h1>{{ title }}</h1>
{% for question in questions %}<fieldset class="card" id="q-{{ question.code }}">
<legend>{{ forloop.counter }} {{ question.text }}</legend>
{% if question.kind == "text" %}<textarea name="q-{{ question.code }}" rows="3">{{ question.typed }}</textarea>
{% else %}<div class="rate">{% for value, label in question.choices %}<label><input type="radio"
name="q-{{ question.code }}" value="{{ value }}"{% if value == question.chosen %} checked{% endif %}><span>{{ value }}
<span class="hidden">{{ label }}</span></span></label>{% endfor %}</div>
<div class="ends"><span>{{ question.low }}</span><span>{{ question.high }}</span></div>
<label class="na"><input type="radio" name="q-{{ question.code }}" value="na"> 不适用</label>{% endif %}
</fieldset>{% endfor %}</main><button>交上我的回答</button></form></body></html>"""
)


def raw_questionnaire():
    scale = [
        {
            "code": f"q{number}",
            "kind": "rate5",
            "text": f"第 {number} 题，您有多满意？",
            "na": True,
            "overall": number == 1,
        }
        for number in range(1, QUESTIONS)
    ]
    text = {"code": f"q{QUESTIONS}", "kind": "text", "text": "有什么想告诉我们的？"}
    return {"title": "二十题", "sections": [{"code": "all", "title": "二十题", "questions": [*scale, text]}]}


def bare_questions():
    choices = [(str(value), label) for value, label in enumerate(LABELS, 1)]
    return [
        {
            "code": f"q{number}",
            "kind": "text" if number == QUESTIONS else "rate5",
            "text": f"第 {number} 题，您有多满意？",
            "choices": choices,
            "low": LABELS[0],
            "high": LABELS[4],
        }
        for number in range(1, QUESTIONS + 1)
    ]


@csrf_exempt
def bare(request, token):
    found = (
        Invitation.objects.filter(token_hash=hash_token(token)).select_related("campaign", "company").first()
    )
    if found is None or found.state == Invitation.State.SUBMITTED:
        return HttpResponse(status=404)
    if request.method == "GET":
        return HttpResponse(
            PAGE.render(Context({"title": found.campaign.title, "questions": bare_questions()}))
        )
    answers, text = {}, ""
    for question in bare_questions():
        value = request.POST.get(f"q-{question['code']}", "")
        if question["kind"] == "text":
            text = value.strip()[:2000]
        elif value in {"1", "2", "3", "4", "5"}:
            answers[question["code"]] = int(value)
        elif value == "na":
            answers[question["code"]] = "na"
        else:
            return HttpResponse(status=422)
    insert_the_same_rows(found, answers, text)
    return HttpResponse(status=303, headers={"Location": f"/bare/{token}/"})


@transaction.atomic
def insert_the_same_rows(found, answers, text):
    at = timezone.now()
    Invitation.objects.filter(pk=found.pk).update(state=Invitation.State.SUBMITTED)
    AuditRow.objects.create(
        company_id=found.company_id,
        at=at,
        verb="surveys.invitation.submit",
        model="surveys.invitation",
        object_id=found.pk,
        from_state=found.state,
        to_state="submitted",
    )
    answer = Answer.objects.create(
        company=found.company,
        campaign=found.campaign,
        version_id=found.campaign.version_id,
        invitation=found,
        number=f"B-{found.pk}",
        mode="web",
        submitted_at=at,
        answers=answers,
    )
    AnswerText.objects.bulk_create([AnswerText(answer=answer, question=f"q{QUESTIONS}", text=text)])
    event = Event.objects.create(name="bare", company_id=found.company_id, object_id=answer.pk)
    handlers = event_handlers.get("surveys.answer_submitted") or {}
    Delivery.objects.bulk_create(
        [
            Delivery(event=event, handler=f"bare.{name}", next_try_at=at, done_at=at)
            for name, entry in handlers.items()
        ]
    )


urlpatterns = [path("bare/<str:token>/", bare), path("", include("config.urls"))]


def make_campaign():
    company, _made = Company.objects.get_or_create(
        code="bench-survey", defaults={"name": "测量公司", "opened_on": dt.date(2024, 1, 1)}
    )
    plain = frozen(parse_content(raw_questionnaire(), most_per_section=UNLIMITED))
    questionnaire = Questionnaire.objects.create(company=company, code=f"b{new_token()}", title="二十题")
    version = QuestionnaireVersion.objects.create(
        questionnaire=questionnaire,
        company=company,
        number=1,
        state=QuestionnaireVersion.State.PUBLISHED,
        content=plain,
        checksum=checksum(plain),
    )
    return Campaign.objects.create(
        company=company,
        code=f"c{new_token()}",
        title="二十题",
        kind=Campaign.Kind.ADHOC,
        version=version,
        state=Campaign.State.OPEN,
        opens_on=dt.date(2026, 1, 1),
    )


def make_tokens(campaign, count):
    tokens = [new_token() for _number in range(count)]
    Invitation.objects.bulk_create(
        [
            Invitation(
                company=campaign.company,
                campaign=campaign,
                token_hash=hash_token(token),
                state=Invitation.State.SENT,
                made_at=timezone.now(),
            )
            for token in tokens
        ]
    )
    return tokens


def measured(act):
    began = time.perf_counter()
    response = act()
    took = time.perf_counter() - began
    return took * 1000, response


def by_turns(product, floor, count):
    """Medians in ms of A B A B …; the first tenth warms up."""
    times = ([], [])
    gc.disable()
    try:
        for number in range(count + count // 10):
            for act, kept in zip((product, floor), times, strict=True):
                took, _response = measured(lambda act=act, number=number: act(number))
                if number >= count // 10:
                    kept.append(took)
    finally:
        gc.enable()
    return tuple(statistics.median(kept) for kept in times)


def row(name, value, floor, goal):
    return {"name": name, "unit": "ms", "value": value, "floor": floor, "ratio": value / floor, "goal": goal}


def expect(response, status):
    """A benchmark of error pages would be a fine thing."""
    if response.status_code != status:
        raise RuntimeError(f"expected {status}, got {response.status_code}")
    return response


def rows(quick):
    count = 60 if quick else 400
    campaign = make_campaign()
    client = Client()
    total = count + count // 10
    with override_settings(ROOT_URLCONF="benchmarks.survey_pages"):
        shown = make_tokens(campaign, 1)[0]
        get = by_turns(
            lambda number: expect(client.get(f"/s/{shown}/1/"), 200),
            lambda number: expect(client.get(f"/bare/{shown}/"), 200),
            count,
        )
        ours, theirs = make_tokens(campaign, total), make_tokens(campaign, total)
        post = by_turns(
            lambda number: expect(client.post(f"/s/{ours[number]}/1/", {**POSTED, "go": "finish"}), 303),
            lambda number: expect(client.post(f"/bare/{theirs[number]}/", POSTED), 303),
            count,
        )
    return [
        row("survey page of 20 questions, GET", *get, 2.5),
        row("survey page of 20 questions, submit", *post, 2.2),
    ]
