"""What the house tests know about models: which are ours, and which of others' are FRAMEWORK, each with its reason."""

from django.apps import apps
from django.db.models import Model

from customers.models import Ownership

# Tables of libraries. None of them tells a customer anything about another.
LIBRARY_TABLES = {
    "account_emailaddress": "addresses of logins, never listed to customers",
    "account_emailconfirmation": "pending confirmations of logins",
    "auth_group": "not used: roles are accounts.Grant",
    "auth_group_permissions": "not used",
    "auth_permission": "Django's own names of permissions",
    "accounts_user_groups": "not used: roles are accounts.Grant",
    "accounts_user_user_permissions": "not used",
    "django_admin_log": "the admin is read-only and writes none",
    "django_content_type": "names of models",
    "django_migrations": "names of migrations",
    "django_session": "sign-ins, found by an unguessable key only",
    "mfa_authenticator": "second factors of logins",
    "usersessions_usersession": "the devices of logins, shown to their own person only",
}


def ours() -> list[type[Model]]:
    """Every model with a table that declares whose rows it holds, histories and through-tables included."""
    return [
        one for one in apps.get_models(include_auto_created=True) if one._meta.db_table not in LIBRARY_TABLES
    ]


def of(*kinds: Ownership) -> list[type[Model]]:
    """Our models of these classes."""
    return [one for one in ours() if getattr(one, "ownership", None) in kinds]


def has_field(model: type[Model], name: str) -> bool:
    return any(one.name == name for one in model._meta.get_fields())
