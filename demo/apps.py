from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo company. It is made through the same verbs a real one uses, apart from bulk history."""

    name = "demo"

    def ready(self):
        from core.registries import demo_logins
        from demo import cast

        demo_logins.register("demo", lambda: (cast.PASSWORD, cast.SHOWN_LOGINS))
