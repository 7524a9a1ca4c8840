from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from organization.models import Assignment, Department, Employee
from organization.scopes import reach_of, today


class DepartmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Department
        fields = ["id", "company", "code", "name", "name_en", "parent", "closed_on"]


class EmployeeSerializer(serializers.ModelSerializer):
    """Who somebody is and when they were here; telephone and address are not given out."""

    class Meta:
        model = Employee
        fields = ["id", "company", "number", "name", "joined_on", "left_on"]


class DepartmentViewSet(ReadOnlyModelViewSet):
    """Departments of the companies in which the caller may see staff."""

    required_verbs = ("organization.view",)
    serializer_class = DepartmentSerializer
    queryset = Department.objects.none()
    filterset_fields = ["company", "code", "parent"]

    def get_queryset(self):
        reach = reach_of(self.request.user, *self.required_verbs)
        return Department.objects.filter(reach.q(department="id", employee=None))


class EmployeeViewSet(ReadOnlyModelViewSet):
    """Employees whom the caller may see; a head sees those who work in their departments today."""

    required_verbs = ("organization.view",)
    serializer_class = EmployeeSerializer
    queryset = Employee.objects.none()
    filterset_fields = ["company", "number"]

    def get_queryset(self):
        reach = reach_of(self.request.user, *self.required_verbs)
        below = Assignment.objects.on(today()).filter(department_id__in=reach.department_ids)
        own = Employee.objects.filter(pk__in=below.values("employee_id"))
        return own | Employee.objects.filter(reach.q(department=None, employee="id"))


def register(router):
    """Viewsets of this room."""
    router.register("departments", DepartmentViewSet, basename="department")
    router.register("employees", EmployeeViewSet, basename="employee")
