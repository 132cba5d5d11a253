"""A bare Django beside the product, on the same rows: what a page, a list and an INSERT cost without any of our rules.

It works as the administrator of the bench's cluster, so that no policy is asked.
"""

import os
from pathlib import Path

from itsm.settings import *  # noqa: F403
from itsm.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [one for one in INSTALLED_APPS if not one.startswith(("allauth", "itsm"))]
ROOT_URLCONF = "bench.floors"
LOGIN_URL = "/floor/"
DATABASES["default"] = {
    **DATABASES["default"],
    "USER": "itsm_admin",
    "PASSWORD": os.environ["BENCH_ADMIN_PASSWORD"],
}
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]
