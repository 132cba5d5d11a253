"""`python -m ops.healthcheck`: exit code 0 while the web process in this container can take work."""

import http.client
import os
import sys
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 5


def is_ready(host: str, port: int = 8000) -> bool:
    """Whether /health/ready answers 200 to a request for `host`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/health/ready", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_ready(urlsplit(os.environ["BASE_URL"]).netloc) else 1)
