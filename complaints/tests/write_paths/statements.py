"""What is said of somebody, written by whoever handles the case."""

from complaints.services.statements import word_allegation
from complaints.tests.build_b import Cast
from core.faults import WritePath
from core.registries import write_paths
from tests.factories import at


def named():
    cast = Cast()
    return cast.accepted(cast.seller).allegations.get(), cast.handler.user


def word(allegation, by):
    word_allegation(allegation, statement="接待时不耐烦", by=by, at=at())


if "complaints.word_allegation" not in write_paths:
    write_paths.register("complaints.word_allegation", WritePath(named, word))
