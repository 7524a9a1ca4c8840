"""What a request left behind in the database: new or changed rows of every table, and who they lead to."""

from django.apps import apps
from django.contrib.sessions.models import Session

from accounts.models import User
from organization.models import Employee


def tables():
    """{(table, key): {field: value}} of every row of every table."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values():
            found[model._meta.db_table, row[model._meta.pk.attname]] = row
    return found


def changed_since(before):
    """Rows that are new or differ."""
    return {key: row for key, row in tables().items() if before.get(key) != row}


def traces_of(user, rows, *, words=()):
    """'table.field' of everything in the rows that leads to the user: keys, names, login, and the words given."""
    keys = keys_of(user)
    words = [word for word in (user.username, user.name, user.email, *words) if word]
    found = []
    for (table, _key), row in rows.items():
        links = linked_fields(table)
        for field, value in row.items():
            is_key = field in links and value in keys[links[field]]
            if is_key or any(word in said(table, value) for word in words):
                found.append(f"{table}.{field}")
    return found


def keys_of(user):
    employee = Employee.objects.filter(user=user).first()
    return {User: {user.pk}, Employee: {employee.pk} if employee else set()}


def linked_fields(table):
    """{field: User or Employee} of a table's foreign keys to people."""
    model = next(one for one in apps.get_models(include_auto_created=True) if one._meta.db_table == table)
    return {
        field.attname: field.related_model
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model in (User, Employee)
    }


def said(table, value):
    """The value as text; what a session holds is unpacked."""
    if table == Session._meta.db_table and isinstance(value, str):
        try:
            return str(Session().get_session_store_class()().decode(value)) + value
        except ValueError:
            return value
    return str(value)
