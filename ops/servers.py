"""Both servers of a folder: started where no address is given, prepared, and described by an environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ops import files, postgres, valkey

SECRETS = ("admin", "owner", "app", "valkey", "signing")


@dataclass
class Servers:
    """PostgreSQL and Valkey under `home`; either is left out where `given` (the environment) names another."""

    home: Path
    given: Mapping[str, str] = field(default_factory=dict)
    throw_away: bool = False
    database: postgres.Cluster | None = None
    broker: valkey.Server | None = None
    secrets: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Start what is not given and prepare roles and database. Raises a refusal; then nothing is left running."""
        files.private_folder(self.home)
        self.secrets = files.kept_secrets(self.home / "secrets.json", SECRETS)
        try:
            if not self.given.get("DATABASE_URL"):
                self.database = postgres.Cluster(self.home, self.secrets["admin"], self.throw_away)
                self.database.start()
                self._prepare(self.database)
            if not self.given.get("BROKER_URL") or not self.given.get("CACHE_URL"):
                self.broker = valkey.Server(self.home, self.secrets["valkey"], self.throw_away)
                self.broker.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End both, the database last."""
        for server in (self.broker, self.database):
            if server is not None:
                server.stop()

    def pids(self) -> dict[str, int]:
        """Return the process numbers of what was started."""
        started = {"postgres": self.database, "valkey": self.broker}
        return {name: server.process.pid for name, server in started.items() if server and server.process}

    def environment(self, database: str = postgres.DATABASE) -> dict[str, str]:
        """Return the addresses and the signing key as the product's settings name them."""
        found = {"SECRET_KEY": self.secrets["signing"]}
        if self.database is not None:
            found["DATABASE_URL"] = self.database.url("itsm_app", self.secrets["app"], database)
            found["DATABASE_OWNER_URL"] = self.database.url("itsm_owner", self.secrets["owner"], database)
        if self.broker is not None:
            found["BROKER_URL"] = self.broker.url(0)
            found["CACHE_URL"] = self.broker.url(1)
        names = (*found, "DATABASE_URL", "DATABASE_OWNER_URL", "BROKER_URL", "CACHE_URL")
        return found | {name: self.given[name] for name in names if self.given.get(name)}

    def _prepare(self, cluster: postgres.Cluster) -> None:
        with cluster.administrator() as cursor:
            if not postgres.has_database(cursor, postgres.DATABASE):
                postgres.make_database(cursor, postgres.DATABASE)
        with cluster.administrator(postgres.DATABASE) as cursor:
            postgres.apply_roles(cursor, owner=self.secrets["owner"], app=self.secrets["app"])


def local_dir() -> Path:
    """Return LOCAL_DIR, or `.local` beside the sources."""
    project = Path(__file__).resolve().parent.parent
    return project / Path(os.environ.get("LOCAL_DIR") or ".local").expanduser()
