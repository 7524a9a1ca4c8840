"""Two people at the same draft at the same moment: one of them is told."""

import datetime as dt

import pytest

from audit.models import AuditRow
from policies import services
from policies.models import Version
from policies.tests.test_services import load, pack
from tests import factories
from tests.factories import at
from tests.racing import at_once, careless, kinds

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
TIMES = 4
NOW = at(2026, 11, 10)


@pytest.fixture
def published(company):
    return load(company, pack())


def begin(source, label="2"):
    return services.start_draft(
        source, label=label, effective_from=dt.date(2026, 12, 1), revision_note="改", by=None, at=NOW
    )


def test_drafts_begun_at_once_are_one_draft(published):
    outcomes = at_once([lambda label=str(number): begin(published, label) for number in range(2, 2 + TIMES)])
    assert kinds(outcomes) == {"Refused": TIMES - 1, "done": 1}
    assert Version.objects.drafts().count() == 1


def test_a_draft_written_at_once_keeps_the_first(published):
    draft = begin(published)
    seen, editors = draft.checksum, [factories.make_user() for _each in range(TIMES)]
    outcomes = at_once(
        [
            lambda number=number, editor=editor: services.rewrite(
                Version.objects.get(pk=draft.pk),
                draft.content | {"extra": {"n": number}},
                seen=seen,
                by=editor,
                at=NOW,
            )
            for number, editor in enumerate(editors)
        ]
    )
    assert kinds(outcomes) == {"Refused": TIMES - 1, "done": 1}
    assert {one.code for one in outcomes if isinstance(one, Exception)} == {"changed"}
    assert AuditRow.objects.filter(verb="policies.version.redraft").count() == 1


def test_control_checking_before_writing_lets_every_editor_through(published):
    draft, written = begin(published), []

    def check():
        return Version.objects.get(pk=draft.pk).checksum == draft.checksum

    careless(check, lambda: written.append(Version.objects.filter(pk=draft.pk).update(checksum="x")), TIMES)
    assert written == [1] * TIMES
