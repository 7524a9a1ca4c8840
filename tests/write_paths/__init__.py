"""Write paths of rooms that bring none of their own in `<room>/tests/write_paths.py`."""

from django.apps import apps
from django.conf import settings

OWN_ROOT = str(settings.BASE_DIR)


def all_rows():
    """{table: rows} of every model of the project: nothing may be left behind anywhere."""
    own = [
        model
        for config in apps.get_app_configs()
        if str(config.path).startswith(OWN_ROOT) and "site-packages" not in config.path
        for model in config.get_models(include_auto_created=True)
    ]
    return {model._meta.db_table: list(model._base_manager.order_by("pk").values_list()) for model in own}
