"""The product's settings, with two differences: statements are counted where a request asks for it, and no limit of
requests a minute stops the clients of the bench."""

from itsm.settings import *  # noqa: F403
from itsm.settings import MIDDLEWARE as _MIDDLEWARE

MIDDLEWARE = ["bench.counting.CountingMiddleware", *_MIDDLEWARE]
API_LIMITS = {"caller": 10_000_000, "address": 10_000_000}
