"""Write paths of this room for the fault sweep (core.registries.write_paths)."""

from core.faults import WritePath
from core.registries import close_steps, write_paths
from jobs.models import Run
from scoring.models import Cell, Close, Composite, PeerMember, Ranking, Rating, Score, Standing, Unfolding
from scoring.services import closing, request_close, unfold_answers, unfold_pending
from scoring.services.books import Books
from scoring.tests import world
from scoring.tests.world import OCTOBER, november
from surveys.models import Answer
from tests import factories

MODELS = (Rating, PeerMember, Score, Ranking, Standing, Composite, Run)


def rows():
    """Everything that must be whole or not there; a period row without results may stand there early."""
    counts = {model.__name__: model._base_manager.count() for model in MODELS}
    counts["cells"] = sorted(Cell.objects.values_list("period", "measure", "value", "count"))
    counts["unfoldings"] = sorted(Unfolding.objects.values_list("answer_id", "month", "is_counted"))
    counts["closes"] = sorted(
        Close.objects.exclude(state=Close.State.OPEN).values_list("period", "state", "checksum", "scored_at")
    )
    return counts


def month():
    company = factories.make_company("swept")
    world.make_month(company, size=2, total=6, best=5)
    return (company,)


def unfolded():
    (company,) = month()
    unfold_pending(company, november())
    return company, Books(company).close(OCTOBER)


def scored():
    company, close = unfolded()
    closing._take(close_steps["score"], close, november(), None)
    return company, Close.objects.get(pk=close.pk)


def step(name):
    """The one transaction of a step, as `close_period` takes it."""
    return lambda company, close: closing._take(close_steps[name], close, november(), None)


def unfold_batch(company):
    """One batch: `unfold_pending` takes one after the other."""
    unfold_answers(company, list(Answer.objects.filter(company=company).values_list("pk", flat=True)))


PATHS = {
    "scoring.unfold_pending": WritePath(month, unfold_batch, rows),
    "scoring.close_period": WritePath(unfolded, step("score"), rows),
    "scoring.run": WritePath(scored, step("rank"), rows),
    "scoring.request_close": WritePath(
        month, lambda company: request_close(company=company, period=OCTOBER, by=None, at=november()), rows
    ),
}


def register():
    for name, path in PATHS.items():
        if name not in write_paths:
            write_paths.register(name, path)


register()
