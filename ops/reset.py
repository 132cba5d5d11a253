"""`make reset`: gives up what this machine keeps of the product; refused while it runs."""

import shutil
import sys

from ops import files, postgres, refusals, servers


def main() -> None:
    """Delete LOCAL_DIR and what a cluster keeps outside it. Raises a refusal while a supervisor runs on it."""
    home = servers.local_dir()
    if not home.exists():
        sys.stdout.write(f"{home} does not exist: nothing to give up.\n")
        return
    lock = files.find_lock(home / "supervisor.lock")
    if lock is None:
        raise refusals.RefusalError(f"make run is up on {home}: stop it first.")
    postgres.remove(home)
    for path in home.iterdir():
        if path.name == "test":
            continue  # belongs to test sessions, which end it themselves
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    sys.stdout.write(f"{home} is empty; the next make run starts afresh.\n")


if __name__ == "__main__":
    try:
        main()
    except refusals.RefusalError as refusal:
        refusals.end(refusal)
    except OSError as error:
        refusals.end(refusals.from_os_error(error, servers.local_dir()))
