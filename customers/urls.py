from django.urls import path

from customers.views import details, file, listing, merging

urlpatterns = [
    path("customers/", listing.customers, name="customers"),
    path("customers/new/", listing.customer_new, name="customer_new"),
    path("customers/export/", listing.customers_export, name="customers_export"),
    path("customers/duplicates/", merging.customers_duplicates, name="customers_duplicates"),
    path("customers/<int:pk>/", file.customer, name="customer"),
    path("customers/<int:pk>/unmask/", file.unmask, name="customer_unmask"),
    path("customers/<int:pk>/edit/", file.customer_edit, name="customer_edit"),
    path("customers/<int:pk>/erase/", file.customer_erase, name="customer_erase"),
    path("customers/<int:pk>/contacts/", details.customer_contacts, name="customer_contacts"),
    path("customers/<int:pk>/contacts/first/", details.customer_contact_first, name="customer_contact_first"),
    path(
        "customers/<int:pk>/contacts/remove/", details.customer_contact_remove, name="customer_contact_remove"
    ),
    path("customers/<int:pk>/needs/", details.customer_needs, name="customer_needs"),
    path("customers/<int:pk>/needs/remove/", details.customer_need_remove, name="customer_need_remove"),
    path("customers/<int:pk>/preferences/", details.customer_preferences, name="customer_preferences"),
    path(
        "customers/<int:pk>/preferences/remove/",
        details.customer_preference_remove,
        name="customer_preference_remove",
    ),
    path("customers/<int:pk>/homes/", details.customer_homes, name="customer_homes"),
    path("customers/<int:pk>/homes/remove/", details.customer_home_remove, name="customer_home_remove"),
    path("customers/<int:pk>/consent/", details.customer_consent, name="customer_consent"),
    path("customers/<int:pk>/merge/", merging.customer_merge, name="customer_merge"),
    path("customers/<int:pk>/unmerge/", merging.customer_unmerge, name="customer_unmerge"),
    path("customers/<int:pk>/apart/", merging.customer_apart, name="customer_apart"),
]
