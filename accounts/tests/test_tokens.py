import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiToken
from tests.factories import at, make_user


def token_for(username):
    out = io.StringIO()
    call_command("create_token", username, stdout=out)
    return out.getvalue().strip()


@pytest.mark.django_db
def test_a_token_opens_the_api_for_its_owner(client):
    make_user("robot")
    answer = client.get("/api/schema/", headers={"Authorization": f"Bearer {token_for('robot')}"})
    assert answer.status_code == 200


@pytest.mark.django_db
def test_a_revoked_token_is_refused(client):
    make_user("robot")
    token = token_for("robot")
    ApiToken.objects.update(revoked_at=at())
    assert client.get("/api/schema/", headers={"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.django_db
def test_the_token_is_not_stored_in_clear():
    make_user("robot")
    token = token_for("robot")
    assert token not in str(list(ApiToken.objects.values_list()))


@pytest.mark.django_db
def test_nobody_unknown_gets_a_token():
    with pytest.raises(CommandError):
        call_command("create_token", "ghost")
