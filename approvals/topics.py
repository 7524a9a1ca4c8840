"""What motions are about: a higher room registers its topic, so that this room can show and name the question."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from core.registries import Registry

#: topic ("incentives.decision") -> Topic
topics = Registry()


@dataclass(frozen=True)
class Topic:
    """`title(topic_id)` is the question in one sentence; `template` with `context(motion, user)` shows the evidence.

    `questions(topic_ids)` gives {id: Question} for lists, in a number of queries that does not grow with them;
    `find(company, words)` the ids (as a queryset of them) whose question holds these words.
    """

    title: Callable
    template: str = ""
    context: Callable | None = None
    questions: Callable | None = None
    find: Callable | None = None


@dataclass(frozen=True)
class Question:
    """One line of a list of votes; `is_batchable` ones may be voted on in one go with those of the same `batch`.

    `batch` is '' for what all go together (rewards), else a key fit for an address; `batch_title` says what its lines
    have in common.
    """

    title: str
    detail: str = ""
    figure: object = None
    is_batchable: bool = False
    batch: str = ""
    batch_title: str = ""


def title_of(motion):
    topic = topics.get(motion.topic)
    return topic.title(motion.topic_id) if topic else f"{motion.topic} {motion.topic_id}"


def about(company, words):
    """The motions (as a Q) whose question holds these words, whatever the topic."""
    match = Q(pk__in=[])
    for name, topic in topics.items():
        if topic.find:
            match |= Q(topic=name, topic_id__in=topic.find(company, words))
    return match


def batches_of(motions):
    """For each motion the key of the batch it may go in, None for one that is voted on alone."""
    motions = list(motions)
    known = questions_of([motion for motion in motions if motion.topic in topics])
    found = (known.get(motion.pk) for motion in motions)
    return ["" if one is None else one.batch if one.is_batchable else None for one in found]


def questions_of(motions):
    """{motion pk: Question} for a page of motions of any topic."""
    found = {}
    for name in {motion.topic for motion in motions}:
        topic, group = topics.get(name), [motion for motion in motions if motion.topic == name]
        if topic and topic.questions:
            known = topic.questions([motion.topic_id for motion in group])
        else:
            known = {}
        for motion in group:
            found[motion.pk] = known.get(motion.topic_id) or Question(title_of(motion))
    return found
