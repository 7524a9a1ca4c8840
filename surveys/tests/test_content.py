import copy
import json

import pytest

from core.flow import Refused
from surveys.content import ContentError, checksum, frozen, parse_content
from surveys.models import QuestionnaireVersion
from surveys.sections import parse_dimensions, parse_surveys
from surveys.services.questionnaires import load_questionnaires, publish_questionnaire
from surveys.tests import make
from surveys.verification import frozen_versions
from tests import factories


def questions(raw):
    return raw["sections"][0]["questions"]


def two_overall(raw):
    questions(raw)[1]["overall"] = True


def no_overall(raw):
    questions(raw)[0]["overall"] = False


def same_code(raw):
    questions(raw)[1]["code"] = "overall"


def unknown_kind(raw):
    questions(raw)[0]["kind"] = "slider"


def seven_on_a_page(raw):
    questions(raw).extend({"code": f"x{number}", "kind": "rate5", "text": "?"} for number in range(5))


def one_option(raw):
    raw["sections"][1]["questions"][0]["options"].pop()


def option_called_na(raw):
    raw["sections"][1]["questions"][0]["options"][0]["code"] = "na"


def no_title(raw):
    raw["title"] = " "


def four_labels(raw):
    questions(raw)[0]["labels"] = ["a", "b", "c", "d"]


def text_as_number(raw):
    questions(raw)[0]["text"] = 5


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (two_overall, "exactly one overall"),
        (no_overall, "exactly one overall"),
        (same_code, "twice"),
        (unknown_kind, "slider"),
        (seven_on_a_page, "at most 6"),
        (one_option, "at least two options"),
        (option_called_na, "na"),
        (no_title, "title"),
        (four_labels, "needs 5 words"),
        (text_as_number, "must be text"),
    ],
)
def test_a_questionnaire_that_cannot_be_used_is_refused_in_words(spoil, words):
    raw = copy.deepcopy(make.ENCOUNTER)
    spoil(raw)
    with pytest.raises(ContentError, match=words):
        parse_content(raw)


def test_what_is_frozen_reads_back_the_same():
    content = parse_content(make.ENCOUNTER)
    plain = json.loads(json.dumps(frozen(content)))
    assert parse_content(plain) == content
    assert checksum(frozen(parse_content(plain))) == checksum(plain)
    assert content.overall.code == "overall"
    assert content.questions["overall"].labels[4] == "非常满意"


@pytest.mark.parametrize(
    ("answers", "foreign"),
    [
        ({"overall": 5, "attitude": "na"}, []),
        ({"overall": "na"}, ["overall"]),
        ({"overall": 6}, ["overall"]),
        ({"overall": True}, ["overall"]),
        ({"wishes": ["wait"]}, []),
        ({"wishes": []}, ["wishes"]),
        ({"gone": 1}, ["gone"]),
    ],
)
def test_codes_that_do_not_belong_to_the_version_are_found(answers, foreign):
    assert parse_content(make.ENCOUNTER).foreign(answers) == foreign


@pytest.mark.django_db
def test_the_same_content_is_published_once_and_a_change_makes_the_next_version(company):
    first = make.make_version(company)
    assert make.make_version(company) == first
    second = make.make_version(company, make.ENCOUNTER | {"intro": "变了"})
    first.refresh_from_db()
    assert (second.number, first.state) == (2, "superseded")
    assert QuestionnaireVersion.objects.count() == 2


@pytest.mark.django_db
def test_the_pack_loader_publishes_every_questionnaire_and_again_changes_nothing(company):
    pack = {
        "questionnaires": [make.ENCOUNTER | {"code": "encounter"}, make.many_questions(3) | {"code": "short"}]
    }
    for _again in range(2):
        load_questionnaires(pack, None, company, factories.at())
    assert sorted(QuestionnaireVersion.objects.values_list("questionnaire__code", "number")) == [
        ("encounter", 1),
        ("short", 1),
    ]


@pytest.mark.django_db
def test_a_wrong_questionnaire_is_refused_with_its_code(company):
    with pytest.raises(Refused, match="broken"):
        publish_questionnaire(company=company, code="broken", raw={"title": "x"}, by=None, at=factories.at())


@pytest.mark.django_db
def test_verify_finds_content_that_was_changed_after_publishing(company):
    version = make.make_version(company)
    assert not list(frozen_versions())
    QuestionnaireVersion.objects.filter(pk=version.pk).update(content=version.content | {"title": "改了"})
    assert "changed after it was published" in next(iter(frozen_versions()))


def test_dimensions_keep_the_order_of_the_policy():
    found = parse_dimensions(
        [{"code": "b", "name": "乙", "owner": "sales"}, {"code": "a", "name": "甲", "name_en": "A"}]
    )
    assert [(one.code, one.name_in("en"), one.owner) for one in found] == [
        ("b", "乙", "sales"),
        ("a", "A", ""),
    ]


@pytest.mark.parametrize(
    "raw", [{}, [], [{"code": "A b", "name": "x"}], [{"code": "a"}], [{"code": "a", "name": "x"}] * 2]
)
def test_wrong_dimensions_are_refused(raw):
    with pytest.raises(ValueError, match="imension"):
        parse_dimensions(raw)


def test_survey_rules_may_leave_one_kind_out_and_refuse_impossible_numbers():
    assert parse_surveys({}).quarterly is None
    with pytest.raises(ValueError, match="opens_day"):
        parse_surveys({"quarterly": {"questionnaire": "q", "opens_month_offset": 0, "opens_day": 31}})
    with pytest.raises(ValueError, match="kinds"):
        parse_surveys({"continuous": {"questionnaire": "q", "kinds": ["party"]}})
