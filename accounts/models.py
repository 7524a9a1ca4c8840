from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A login. What its owner may do comes from organization; the name people see from the employee."""

    first_name = None
    last_name = None
    name = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    reauthenticated_at = models.DateTimeField(null=True, blank=True)

    def get_full_name(self):
        return self.name or self.username

    def get_short_name(self):
        return self.get_full_name()

    def __str__(self):
        return self.get_full_name()


class ApiToken(models.Model):
    """A key for programs, stored hashed; it may what its owner may."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
