"""The staff list: people, dated assignments, logins and roles, from one table."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import cells
from core.imports import Column, ImportKind, RowError
from organization import staffing
from organization.models import Assignment, Department, Employee, Post, Role, Site

COLUMNS = (
    Column("number", "工号", cells.code(40), True, ("员工编号",), gettext_lazy("The company's own number."), "E0001"),
    Column("name", "姓名", cells.text(60), True, (), gettext_lazy("Full name."), "张三", is_personal=True),
    Column(
        "department", "部门", cells.text(120), True, (), gettext_lazy("Name or code, as set up."), "销售一部"
    ),
    Column("post", "岗位", cells.text(120), True, ("职务",), gettext_lazy("Name or code, as set up."), "置业顾问"),
    Column("site", "项目", cells.text(120), False, ("楼盘",), gettext_lazy("Empty when not tied to one."), "云栖里"),
    Column("is_head", "是否负责人", cells.yes_no, False, ("负责人",), gettext_lazy("是 or 否; empty is 否."), "否"),
    Column("joined_on", "入职日期", cells.day, True, (), gettext_lazy("Year-month-day."), "2026-01-05"),
    Column("left_on", "离职日期", cells.day, False, (), gettext_lazy("Last day of work, when somebody leaves."), ""),
    Column(
        "phone", "手机", cells.phone, False, ("手机号", "电话"), gettext_lazy("Optional."), "13800138000",
        is_personal=True,
    ),
    Column(
        "email", "邮箱", cells.email, False, ("电子邮箱", "e-mail"), gettext_lazy("To choose a password."),
        "zhang@example.com", is_personal=True,
    ),
    Column("username", "登录名", cells.code(60), False, ("账号",), gettext_lazy("Empty: no login."), "zhangsan"),
    Column(
        "roles", "角色", cells.words, False, (),
        gettext_lazy("Further roles, separated by 、; employee and head come by themselves."), "",
    ),
    Column(
        "effective_on", "生效日期", cells.day, False, ("调动日期",),
        gettext_lazy("From which day department, post and project hold; needed for a transfer."), "",
    ),
)  # fmt: skip


@dataclass
class Known:
    """What the company has, looked up once for the whole table."""

    departments: dict
    posts: dict
    sites: dict
    roles: dict
    employees: dict
    latest: dict
    users: dict
    heads: dict = field(default_factory=dict)

    @classmethod
    def of(cls, company, rows):
        employees = {
            found.number: found for found in Employee.objects.filter(company=company).select_related("user")
        }
        assignments = Assignment.objects.filter(employee__company=company).order_by("starts_on")
        names = {row["username"] for row in rows if row["username"]}
        return cls(
            departments=_by_name(Department.objects.filter(company=company, closed_on=None)),
            posts=_by_name(Post.objects.filter(company=company)),
            sites=_by_name(Site.objects.filter(company=company)),
            roles=_by_name(Role.objects.filter(company=company)),
            employees=employees,
            latest={assignment.employee_id: assignment for assignment in assignments},
            users={
                user.username: user
                for user in User.objects.filter(username__in=names).select_related("employee")
            },
        )

    def wanted(self, row):
        """(department, post, site, is_head) the row asks for; None where the company has no such thing."""
        site = self.sites.get(row["site"]) if row["site"] else None
        return (
            self.departments.get(row["department"]),
            self.posts.get(row["post"]),
            site,
            bool(row["is_head"]),
        )


def _by_name(things):
    found = {}
    for thing in things:
        found |= {thing.name_en: thing} if thing.name_en else {}
        found |= {thing.name: thing, thing.code: thing}
    return found


def check_rows(rows, company, at):
    """What single cells do not show: unknown names, numbers twice, transfers without a day."""
    known, numbers, logins = Known.of(company, rows), {}, {}
    for row in rows:
        yield from _twice(row, "number", numbers)
        yield from _twice(row, "username", logins)
        yield from _unknown(row, known)
        yield from _dates(row)
        yield from _move(row, known)
        yield from _login(row, known)


def _twice(row, key, seen):
    value = row[key]
    if value and value in seen:
        yield RowError(
            row.number, key, _("Row %(row)s has the same. Delete one of them.") % {"row": seen[value]}
        )
    if value:
        seen[value] = row.number


def _unknown(row, known):
    kinds = (("department", known.departments), ("post", known.posts), ("site", known.sites))
    asked = [(key, row[key], things) for key, things in kinds if row[key]]
    asked += [("roles", name, known.roles) for name in row["roles"] or ()]
    for key, name, things in asked:
        if name not in things:
            yield RowError(row.number, key, _not_known(name, things))


def _not_known(name, things):
    some = "、".join(dict.fromkeys(thing.name for thing in things.values()))
    if not some:
        return _("“%(name)s” is not set up. Load the company's policy first.") % {"name": name}
    return _("“%(name)s” is not set up. Choose one of: %(known)s.") % {"name": name, "known": some}


def _dates(row):
    if row["left_on"] and row["left_on"] < row["joined_on"]:
        yield RowError(row.number, "left_on", _("The last day lies before the first. Correct one of them."))
    if row["effective_on"] and row["effective_on"] < row["joined_on"]:
        yield RowError(
            row.number, "effective_on", _("This lies before the day of joining. Correct one of them.")
        )


def _move(row, known):
    employee = known.employees.get(row["number"])
    latest = known.latest.get(employee.pk) if employee else None
    if latest is None:
        return
    begins = {"day": latest.starts_on.isoformat()}
    if row["left_on"]:
        if row["left_on"] < latest.starts_on:
            sentence = _("This lies before the present assignment began (%(day)s). Correct the day.") % begins
            yield RowError(row.number, "left_on", sentence)
        return
    if staffing.same_place(latest, known.wanted(row)) and latest.ends_on is None:
        return
    if row["effective_on"] is None:
        sentence = _(
            "Department, post or project differ from those on record. Fill in from which day they hold."
        )
        yield RowError(row.number, "effective_on", sentence)
    elif row["effective_on"] < latest.starts_on or (latest.ends_on and row["effective_on"] <= latest.ends_on):
        sentence = _(
            "This lies before the latest assignment on record (from %(day)s). Past ones are not changed here."
        )
        yield RowError(row.number, "effective_on", sentence % begins)


def _login(row, known):
    user = known.users.get(row["username"]) if row["username"] else None
    owner = getattr(user, "employee", None)
    if user and (owner is None or owner.number != row["number"]):
        yield RowError(row.number, "username", _("Somebody else has this login. Choose another."))
    employee = known.employees.get(row["number"])
    if employee and employee.user and row["username"] and employee.user.username != row["username"]:
        yield RowError(
            row.number,
            "username",
            _("This person's login is “%(name)s”; logins are not renamed here.")
            % {"name": employee.user.username},
        )
    if row["roles"] and not row["username"] and not (employee and employee.user):
        yield RowError(row.number, "username", _("Roles need a login. Fill one in or empty the roles."))


def apply(rows, company, by, at):
    """Bring people, assignments, logins and roles to what the rows say; counts of rows by what happened."""
    known = Known.of(company, rows)
    counts = {"created": 0, "changed": 0, "unchanged": 0}
    for row in rows:
        department, post, site, is_head = known.wanted(row)
        outcome = staffing.record_employee(
            company=company,
            employee=known.employees.get(row["number"]),
            latest=known.latest.get(getattr(known.employees.get(row["number"]), "pk", None)),
            facts={name: row[name] or "" for name in ("number", "name", "phone", "email")}
            | {"joined_on": row["joined_on"], "left_on": row["left_on"]},
            place=(department, post, site, is_head),
            effective_on=row["effective_on"] or row["joined_on"],
            username=row["username"] or "",
            roles=_roles(row, known),
            by=by,
            at=at,
        )
        counts[outcome] += 1
    return counts


def _roles(row, known):
    named = [known.roles[name] for name in row["roles"] or ()]
    default = ["employee", "staff"] + (["head"] if row["is_head"] else [])
    return list(dict.fromkeys([known.roles[code] for code in default if code in known.roles] + named))


STAFF = ImportKind(
    code="staff",
    title=gettext_lazy("Staff list"),
    intro=gettext_lazy("People, where they work from which day, their logins and roles."),
    columns=COLUMNS,
    check_rows=check_rows,
    apply=apply,
    verb="organization.import",
    done_url="staff",
)
