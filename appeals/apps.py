from django.apps import AppConfig


class AppealsConfig(AppConfig):
    """Appeals; until they come, the states they use exist in incentives.Decision."""

    name = "appeals"
