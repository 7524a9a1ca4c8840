from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    """The feedback inbox; its models come with the complaints capability."""

    name = "complaints"
