import pytest

from core import registries


@pytest.fixture(autouse=True)
def own_steps(monkeypatch):
    """Only this room's steps: what higher rooms do with a close is their tests' matter."""
    steps = registries.Registry()
    for order, name in enumerate(("score", "rank")):
        steps.register(name, registries.close_steps[name], order=order)
    for place in ("scoring.services.closing.close_steps", "scoring.progress.close_steps"):
        monkeypatch.setattr(place, steps)
