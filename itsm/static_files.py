"""Style sheets and scripts under names that change with their content, and packed once instead of at each request."""

from typing import Any

from django.conf import settings
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """Packs with gzip, and with brotli where there is TLS: browsers ask for brotli nowhere else, and it is slow."""

    def create_compressor(self, **options: Any) -> Compressor:
        return Compressor(**{**options, "use_brotli": settings.IS_HTTPS})
