from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import ApiToken, User
from audit.services import record
from core.tokens import hash_token, new_token


class Command(BaseCommand):
    help = "Make an API token for a login; it is printed once and stored hashed."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--name", default="command line", help="what the token is for")

    def handle(self, *args, username, name, **options):
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"no active login is called {username!r}")
        token, at = new_token() + new_token(), timezone.now()
        made = ApiToken.objects.create(user=user, name=name[:60], token_hash=hash_token(token), created_at=at)
        record("accounts.apitoken.create", made, by=None, at=at)
        self.stdout.write(token)
