"""Customers' words: which may be shown, chosen the same way each time, without names and dates."""

from dataclasses import dataclass, replace

from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import Length

from core.period import SHANGHAI
from organization.models import Employee
from reports import rules, wording
from scoring.models import Rating
from scoring.rules import OVERALL
from surveys.models import AnswerText

LONGEST = 240
SHORTEST = 6


@dataclass(frozen=True)
class Comment:
    """One customer's words as they may be shown: no name, no date, no customer."""

    number: str
    text: str
    when: str
    overall: int | None
    place: str = ""
    dimension: str = ""
    kind: str = ""


def counted_texts(company_id, period, **subject):
    """Texts of answers counted in the month, with the answer's overall value; `subject` narrows the answers."""
    narrowed = {f"answer__{name}": value for name, value in subject.items()}
    overall = Rating.objects.filter(answer=OuterRef("answer"), measure=OVERALL).values("value")[:1]
    return AnswerText.objects.filter(
        answer__unfolding__company_id=company_id,
        answer__unfolding__month=str(period),
        answer__unfolding__is_counted=True,
        **narrowed,
    ).annotate(overall=Subquery(overall))


def colleagues(company):  # a Company or its id
    """Names that must not stand in a customer's words, the longest first."""
    names = Employee.objects.filter(company=company).values_list("name", flat=True)
    return sorted(names, key=len, reverse=True)


def readable(texts, names):
    """Comments from text rows that carry `answer` (with its site) and `overall`."""
    return [
        Comment(
            number=text.answer.number,
            text=rules.without_names(text.text, names, wording.colleague()),
            when=wording.third(text.answer.submitted_at.astimezone(SHANGHAI).date()),
            overall=text.overall,
            place=wording.named(text.answer.site) if text.answer.site else "",
        )
        for text in texts
    ]


def page_of(texts, company, *, start=0, size=3):
    """`size` comments, the least satisfied first, then the longest: numbers would tell who came first."""
    rows = (
        texts.annotate(length=Length("text"))
        .select_related("answer__site")
        .order_by(F("overall").asc(nulls_last=True), "-length", "text", "pk")
    )
    return readable(rows[start : start + size], colleagues(company))


def typical(company_id, period, measures):
    """What the draft proposes: per dimension a low and a high comment, the longest first, then by number.

    [{"measure", "kind": "low"|"high", "answer"}]; the same rows give the same choice, no answer is taken twice.
    """
    chosen, answers, words = [], [], []
    for measure in measures:
        for kind in ("low", "high"):
            texts = _about(company_id, period, measure, kind, measures)
            texts = texts.exclude(answer__in=answers).exclude(text__in=words)
            first = texts.order_by("-length", "answer__number").values_list("answer_id", "text").first()
            if first is not None:
                answers.append(first[0])
                words.append(first[1])
                chosen.append({"measure": measure, "kind": kind, "answer": first[0]})
    return chosen


def _about(company_id, period, measure, kind, measures):
    """Texts of answers that speak of one dimension: low where nothing was rated lower, high where nothing was low."""
    values = Rating.objects.filter(answer=OuterRef("answer"), measure=measure).values("value")[:1]
    rated = Rating.objects.filter(answer=OuterRef("answer"), measure__in=measures)
    texts = counted_texts(company_id, period).annotate(value=Subquery(values), length=Length("text"))
    texts = texts.filter(length__range=(SHORTEST, LONGEST))
    if kind == "low":
        return texts.filter(value__lte=2).exclude(Exists(rated.filter(value__lt=OuterRef("value"))))
    return texts.filter(value__gte=5).exclude(Exists(rated.filter(value__lte=3)))


def by_answer(company, answer_ids):
    """{answer id: Comment} of counted answers that still have words; erased ones are not there."""
    overall = Rating.objects.filter(answer=OuterRef("answer"), measure=OVERALL).values("value")[:1]
    rows = AnswerText.objects.filter(
        answer_id__in=answer_ids, answer__company=company, answer__exclusion=None
    )
    texts = {}
    for text in rows.select_related("answer__site").annotate(overall=Subquery(overall)).order_by("pk"):
        texts.setdefault(text.answer_id, text)
    shown = readable(texts.values(), colleagues(company)) if texts else []
    return dict(zip(texts, shown, strict=True))


def of_answers(company, chosen, names_by_measure):
    """The chosen typical comments as they may be printed, in their order; erased texts drop out."""
    shown = by_answer(company, [entry["answer"] for entry in chosen])
    return [
        replace(
            shown[entry["answer"]], dimension=names_by_measure.get(entry["measure"], ""), kind=entry["kind"]
        )
        for entry in chosen
        if entry["answer"] in shown
    ]


def candidates(company_id, period, limit):
    """Texts a writer may choose from, the longest first."""
    texts = counted_texts(company_id, period).annotate(length=Length("text"))
    return texts.filter(length__range=(SHORTEST, LONGEST)).order_by("-length", "answer__number")[:limit]
