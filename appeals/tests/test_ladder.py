"""A warning lifted on appeal: the later one that was in writing only because of it is oral again."""

import datetime as dt

import pytest

from appeals import services
from appeals.models import Appeal, Consequence
from appeals.tests.build import REASONS, TEXT, AppealStage
from core.registries import verifications
from incentives import services as incentives
from incentives.models import Case, Decision, Warning
from incentives.tests.effects_stage import ORAL, EffectsStage
from notifications.models import Message
from tests import factories
from tests.factories import at
from tests.replay import replayed

pytestmark = pytest.mark.django_db
LADDER = ORAL | {"next_months": 9}
WRITTEN = [{"kind": "warning", "level": "written", "months": 9}]
MILD = [{"kind": "warning", "level": "oral", "months": 3}]
AFTERWARDS = at(2026, 12, 20)


class LadderStage(AppealStage, EffectsStage):
    """方磊 is warned orally on 16 November; what follows is found later and graded by the ladder."""

    def __init__(self, company):
        super().__init__(company)
        self.ladder = self.rule(LADDER, direction="penalty")
        self.first = self.posted_case(self.case(self.ladder, self.worst), at(2026, 11, 16))

    def breach(self, number, found_at):
        case = self.case(
            self.ladder, self.worst, occurrence=f"fact:{number}", found_at=found_at, month="2026-11"
        )
        return incentives.propose(case, by=self.hr, at=found_at)

    def posted_case(self, case, moment):
        decision = incentives.propose(case, by=self.hr, at=at(2026, 11, 2))
        return self.posted_decision(decision, moment)

    def posted_decision(self, decision, moment):
        self.carry(decision)
        incentives.finalize_due(moment)
        return Decision.objects.get(pk=decision.pk)

    def appeal(self, decision):
        """Late, for it is posted; admitted by the chair; being investigated."""
        appeal = services.draft("decision", decision.pk, by=self.worst.user, at=AFTERWARDS)
        services.write(
            appeal, grounds=["fact"], text=TEXT, wish="overturn", by=self.worst.user, at=AFTERWARDS
        )
        services.plead_late(appeal, plea="当时在外地培训，昨天才看到", by=self.worst.user, at=AFTERWARDS)
        services.admit(appeal, reason="理由成立，予以受理", by=self.chair, at=AFTERWARDS)
        return services.investigate(appeal, by=self.officer, at=AFTERWARDS)

    def won(self, decision):
        appeal = self.appeal(decision)
        services.propose(appeal, outcome="overturned", reasons=REASONS, by=self.officer, at=AFTERWARDS)
        return services.decide(Appeal.objects.get(), by=self.reviewer, at=AFTERWARDS)


@pytest.fixture
def stage(db):
    return replayed("appeals.ladder", lambda: LadderStage(factories.make_company()))


def again(decision):
    return Decision.objects.get(pk=decision.pk)


def facts():
    names = [name for name, _check in verifications.items() if name[:2] in ("4 ", "5 ", "6 ")]
    names.remove("4 frozen policies")  # the stage adds to its book
    return [sentence for name in names for sentence in verifications[name]()]


def test_a_later_written_warning_is_oral_again_from_the_day_on_which_it_was_given(stage):
    second = stage.breach(2, at(2026, 11, 20))
    assert second.effects == WRITTEN
    second = stage.posted_decision(second, at(2026, 12, 10))
    given = Warning.objects.get(decision=second)
    assert given.level == "written"
    appeal = stage.won(stage.first)
    second = again(second)
    assert (again(stage.first).state, second.state, second.effects) == ("reversed", "posted", MILD)
    warning = Warning.objects.get(decision=second)
    assert (warning.level, warning.given_at) == ("oral", given.given_at)
    assert (warning.expires_on, warning.lifted_at) == (dt.date(2027, 3, 10), None)
    kinds = {one.kind: one for one in appeal.consequences.all()}
    assert kinds[Consequence.Kind.REGRADED].before["effects"] == WRITTEN
    assert kinds[Consequence.Kind.REGRADED].after["effects"] == MILD
    assert facts() == []


def test_the_correction_is_a_numbered_letter_and_the_old_papers_name_it(stage):
    from incentives.documents import _no_longer

    second = stage.posted_decision(stage.breach(2, at(2026, 11, 20)), at(2026, 12, 10))
    stage.won(stage.first)
    correction = second.notices.get(kind="correction")
    assert correction.number.endswith("更正〔2026〕1 号")
    assert "书面警告（9 个月）改为口头警告（3 个月）" in correction.body
    assert correction.number in _no_longer(second.notices.get(kind="warning"))
    assert _no_longer(correction) == ""
    told = Message.objects.get(kind="incentives.graded_anew")
    assert told.recipient == stage.worst.user


def test_the_milder_warning_counts_on_for_those_after_it(stage):
    second = stage.posted_decision(stage.breach(2, at(2026, 11, 20)), at(2026, 12, 10))
    third = stage.breach(3, at(2026, 12, 15))
    stage.won(stage.first)
    assert (again(second).effects, again(third).effects) == (MILD, WRITTEN)


def test_what_comes_after_the_shorter_time_of_the_milder_one_is_milder_too(stage):
    second = stage.posted_decision(stage.breach(2, at(2026, 11, 20)), at(2026, 12, 10))
    third = stage.breach(3, at(2027, 4, 1))
    assert third.effects == WRITTEN
    stage.won(stage.first)
    assert (again(second).effects, again(third).effects) == (MILD, MILD)


def test_where_another_earlier_warning_counted_it_stays_in_writing(stage):
    other = stage.case(stage.rule(ORAL, direction="penalty"), stage.worst, occurrence="fact:9")
    stage.posted_case(other, at(2026, 11, 16))
    second = stage.breach(2, at(2026, 11, 20))
    stage.won(stage.first)
    assert again(second).effects == WRITTEN


def test_what_is_only_proposed_is_graded_anew_without_a_letter(stage):
    second = stage.breach(2, at(2026, 11, 20))
    stage.won(stage.first)
    assert (again(second).state, again(second).effects) == ("proposed", MILD)
    assert not second.notices.exists()
    assert not Message.objects.filter(kind="incentives.graded_anew").exists()


def test_what_is_being_voted_on_is_taken_back_and_graded_anew(stage):
    second = stage.breach(2, at(2026, 11, 20))
    hearing = incentives.call_hearing(second, by=stage.hr, at=at(2026, 11, 20))
    incentives.waive_hearing(hearing, by=stage.worst.user, at=at(2026, 11, 20))
    incentives.submit_batch([again(second)], by=stage.hr, at=at(2026, 11, 23))
    stage.won(stage.first)
    assert (again(second).state, again(second).effects) == ("returned", MILD)
    incentives.submit_batch([again(second)], by=stage.hr, at=AFTERWARDS)
    assert again(second).state == "voting"


def test_an_upheld_appeal_leaves_the_later_warning(stage):
    second = stage.breach(2, at(2026, 11, 20))
    appeal = stage.appeal(stage.first)
    services.propose(appeal, outcome="upheld", reasons=REASONS, by=stage.officer, at=AFTERWARDS)
    services.decide(Appeal.objects.get(), by=stage.reviewer, at=AFTERWARDS)
    assert again(second).effects == WRITTEN


def test_the_preview_names_it_before_anything_is_proposed(stage, client):
    second = stage.breach(2, at(2026, 11, 20))
    appeal = stage.appeal(stage.first)
    client.force_login(stage.officer)
    text = client.get(appeal.get_absolute_url()).content.decode()
    assert "如果撤销：之后随之减轻的警告" in text and second.number in text
    assert again(second).effects == WRITTEN


def test_a_later_case_that_came_meanwhile_has_to_be_looked_at_again(stage):
    from core.flow import Refused

    appeal = stage.appeal(stage.first)
    services.propose(appeal, outcome="overturned", reasons=REASONS, by=stage.officer, at=AFTERWARDS)
    second = stage.breach(2, at(2026, 11, 20))
    with pytest.raises(Refused) as refusal:
        services.decide(Appeal.objects.get(), by=stage.reviewer, at=AFTERWARDS)
    assert refusal.value.code == "stale"
    assert again(second).effects == WRITTEN
    assert Case.objects.get(pk=second.case_id).state == "proposed"
