"""What stands in the way of `make run` is one sentence each: what, where, and what to do."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops import files, install, postgres, refusals, supervisor

PROJECT = Path(__file__).resolve().parents[2]


def start(**changed: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "ops.supervisor"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **changed},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def refused(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_taken_port_is_one_sentence(tmp_path: Path, taken_port: int) -> None:
    said = refused(start(LOCAL_DIR=str(tmp_path), PORT=str(taken_port)))
    assert said == (
        f"Port {taken_port} is taken by another program: end that one, or choose another port, "
        f"as in make run PORT={taken_port + 1}."
    )
    assert not (tmp_path / "postgres").exists()


def test_a_port_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    assert (
        refused(start(LOCAL_DIR=str(tmp_path), PORT="x"))
        == "PORT is “x”: write a whole number from 1 to 65535."
    )


def test_a_second_supervisor_on_the_same_folder_is_one_sentence(tmp_path: Path) -> None:
    lock = files.find_lock(tmp_path / "supervisor.lock")
    assert lock is not None
    files.write_private_json(tmp_path / "run.json", {"url": "http://localhost:8000"})
    said = refused(start(LOCAL_DIR=str(tmp_path)))
    assert said == (
        f"make run is already up on {tmp_path} at http://localhost:8000: "
        "stop it first, or give this one another LOCAL_DIR."
    )
    lock.close()


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB, where this user may mount one."""
    place = tmp_path / "tiny"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("This user may not mount a file system.")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_one_sentence(tiny_disk: Path) -> None:
    said = refused(start(LOCAL_DIR=str(tiny_disk / "local"), PORT="18999"))
    assert said == (
        f"The disk under {tiny_disk / 'local'} is full (8 MB free, 300 MB needed): "
        "make room, or name a folder on another disk in LOCAL_DIR."
    )


def test_a_disk_that_fills_up_while_writing_is_the_same_sentence(tiny_disk: Path) -> None:
    with pytest.raises(
        refusals.RefusalError, match=r"^The disk under .* is full \(0 MB free, 300 MB needed\)"
    ):
        files.write_private(tiny_disk / "large", "x" * 9_000_000)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    error = PermissionError(13, "Permission denied", str(tmp_path / "local"))
    assert str(refusals.from_os_error(error, tmp_path)) == (
        f"{tmp_path / 'local'} cannot be written: give this user the right to it, or name another folder in LOCAL_DIR."
    )


def test_an_unwritable_local_dir_is_one_sentence(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        blocked = Path("/proc/1/fdinfo/local")  # the one place where even root may not make a folder
    else:
        blocked = tmp_path / "closed" / "local"
        blocked.parent.mkdir(mode=0o500)
    said = refused(start(LOCAL_DIR=str(blocked), PORT="18999"))
    assert said.count("\n") == 0
    assert str(blocked) in said


def test_a_missing_venv_module_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "python3"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(install, "VENV", tmp_path / "venv")
    with pytest.raises(refusals.RefusalError) as caught:
        install._make_environment()
    version = "{}.{}".format(*sys.version_info)
    assert str(caught.value) == (
        "Python's venv module is not installed here: install it "
        f"(on Debian and Ubuntu: apt-get install python{version}-venv) and start again."
    )
    assert not (tmp_path / "venv").exists()


def test_an_old_python_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    with pytest.raises(
        refusals.RefusalError, match=r"^Python 3\.10 is too old: install Python 3\.11 or newer"
    ):
        install.main([])


def test_data_of_another_major_version_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(refusals.RefusalError, match=r"was written by PostgreSQL 16, and \d+ is installed"):
        postgres.Cluster(home=tmp_path, password="x", way="plain").start()


def test_private_files_are_for_their_owner_alone_and_folders_above_stay_as_they_are(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o711)
    files.private_folder(home / "local")
    files.write_private(home / "local" / "secret", "x")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (home, home / "local", home / "local" / "secret")]
    assert modes == [0o711, 0o700, 0o600]


def test_port_is_8000_unless_said_otherwise() -> None:
    assert supervisor.read_port({}) == 8000
    assert supervisor.read_port({"PORT": ""}) == 8000
    assert supervisor.read_port({"PORT": "8443"}) == 8443
