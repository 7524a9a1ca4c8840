from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


def name_for_reader(thing):
    """The English name for those who read English, where the company gave one."""
    return (thing.name_en if get_language() == "en" else "") or thing.name


class Company(models.Model):
    """A member company. `company` is a column on every large table and part of its unique keys."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    opened_on = models.DateField()

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return name_for_reader(self)


class Department(models.Model):
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="departments")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["company_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="organization_department_code")
        ]

    def __str__(self):
        return name_for_reader(self)


class Site(models.Model):
    """A place customers know: a housing project (楼盘), a showroom, an estate."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="sites")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["company_id", "code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="organization_site_code")]

    def __str__(self):
        return name_for_reader(self)


class Post(models.Model):
    """A kind of job (置业顾问); people are ranked only against others of the same post."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="posts")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    is_ranked = models.BooleanField(default=False)

    class Meta:
        ordering = ["company_id", "code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="organization_post_code")]

    def __str__(self):
        return name_for_reader(self)


class Employee(models.Model):
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="employees")
    number = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="employee"
    )
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["company_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="organization_employee_number"),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")),
                name="organization_employee_leaves_later",
            ),
        ]

    def __str__(self):
        return self.name


class DatedQuerySet(models.QuerySet):
    def on(self, day):
        """Rows in force on that day; `ends_on` is the last day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class Assignment(models.Model):
    """Where an employee works, from a day to a day. A transfer ends one row and starts another."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="assignments")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="assignments")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="assignments")
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    is_head = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    history = HistoricalRecords()

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["employee_id", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "starts_on"], name="organization_assignment_start"),
            models.UniqueConstraint(
                fields=["employee"], condition=Q(ends_on=None), name="organization_assignment_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="organization_assignment_order",
            ),
        ]


class Role(models.Model):
    """What a kind of user may do; filled by the pack. `reach` says over whom."""

    class Reach(models.TextChoices):
        COMPANY = "company", _("the whole company")
        DEPARTMENT = "department", _("departments they head, and those below")
        SELF = "self", _("themselves")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="roles")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    reach = models.CharField(max_length=20, choices=Reach.choices)
    verbs = models.JSONField(default=list)

    class Meta:
        ordering = ["company_id", "code"]
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="organization_role_code")]

    def __str__(self):
        return name_for_reader(self)


class Grant(models.Model):
    """A user holds a role, from a day to a day; for department reach optionally over a named department."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants")
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "starts_on"], name="organization_grant_once")
        ]
