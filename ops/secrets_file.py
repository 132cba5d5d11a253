"""`python3 -m ops.secrets_file HOST`: prints the .env of a new installation, with passwords nobody has to invent."""

import secrets
import sys

PASSWORDS = ("ADMIN_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "REDIS_PASSWORD", "SECRET_KEY")


def lines(host: str) -> list[str]:
    """Return one NAME=value for each password, and the host."""
    return [f"SITE_HOST={host}", *(f"{name}={secrets.token_urlsafe(48)}" for name in PASSWORDS)]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.stderr.write("Name the host people type: python3 -m ops.secrets_file desk.example.com > .env\n")
        sys.exit(2)
    print("\n".join(lines(sys.argv[1])))
