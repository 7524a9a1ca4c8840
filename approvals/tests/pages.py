"""What page tests share: a committee of three over a topic of their own, and browsers."""

from django.test import Client
from django.urls import reverse

from approvals import topics
from approvals.tests import build

TOPIC = "tests.question"
PASSWORD = "a long pass phrase"


def questions(ids):
    """Those below ten are rewards that may be voted on line by line."""
    return {pk: topics.Question(f"是否同意第 {pk} 件？", is_batchable=pk < 10) for pk in ids}


def register_topic(monkeypatch):
    registry = topics.topics
    monkeypatch.setattr(registry, "_entries", dict(registry._entries))
    registry.register(TOPIC, topics.Topic(title=lambda pk: f"是否同意第 {pk} 件？", questions=questions))


def make_room(company, size=3, **changes):
    committee = build.make_committee(company, **changes)
    committee.users = build.make_members(committee, size)
    committee.proposer = build.make_proposer(committee)
    return committee


def browse(user=None):
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def address(name, thing):
    return reverse(name, args=[thing.pk])


def text(response):
    return response.content.decode()
