"""Settings in plain words."""

import pytest
from django.utils import translation

from policies import reading, rules, wording


@pytest.fixture(scope="module")
def content():
    return rules.plain(reading.read_pack("realestate_rewards"))


def row(content, name, language="zh-hans"):
    with translation.override(language):
        return next(
            row for row in wording.rows(content, rules.settings_of(content)) if row.setting.name == name
        )


def test_every_setting_of_the_shipped_packs_has_words():
    for name in reading.pack_names():
        content = rules.plain(reading.read_pack(name))
        settings = [setting for setting in rules.settings_of(content) if setting.path[0] != "rules"]
        bare = [
            setting.name
            for setting in settings
            if wording._pattern(content, setting.path) not in wording.WORDS
        ]
        assert bare == []


@pytest.mark.parametrize(
    ("name", "chinese", "english"),
    [
        ("ranking.place_share_bp", "15%", "15%"),
        ("clocks.appeal_days", "5 个工作日", "5 working days"),
        ("closing.month.cutoff_day", "最后一天", "last day"),
        ("closing.month.run_day", "1 日", "day 1"),
        ("targets.valid_from", "2026年1月1日", "1 January 2026"),
        ("money.fine_enabled", "否", "no"),
        ("ranking.posts", "置业顾问", "Property consultant"),
        ("scoring.satisfied", "5 分制的 4、5 分", "4, 5 of 5"),
        ("clocks.committee", "客户满意度管理小组", "Customer satisfaction management group"),
    ],
)
def test_values_read_as_people_say_them(content, name, chinese, english):
    assert row(content, name).text == chinese
    assert row(content, name, "en").text == english


def test_settings_of_a_dimension_carry_its_name(content):
    assert row(content, "targets.by_dimension.attitude").label == "服务态度"
    assert row(content, "targets.by_dimension.attitude", "en").label == "Service attitude"


def test_the_longest_path_names_the_source(content):
    assert row(content, "ranking.streak_length").setting.source == "RE-5.2a"
    assert row(content, "ranking.rank_min_n").setting.is_default


def test_effects_read_as_sentences_do():
    with translation.override("en"):
        assert wording.effect_text({"kind": "points", "amount": -3}) == "−3\u00a0points"
        assert (
            wording.effect_text({"kind": "money", "amount": 100000, "to": "head"})
            == "1,000\u00a0yuan for the head"
        )
        assert wording.effect_text({"kind": "commendation_notice"}) == "commendation notice"
