"""No tracked file names a host of a registry or a path of one machine, and no app is without a floor."""

from pathlib import Path

import pytest

from ops import guard

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("https://py" + "pi.org/simple", "the host of a package registry"),
        ("https://files.python" + "hosted.org/x", "the host of a package registry"),
        ('"resolved": "https://registry.npm' + 'js.org/x"', "the host of a package registry"),
        ("cd /wo" + "rk/main", "a path of one machine"),
        ("see /ro" + "ot/notes", "a path of one machine"),
        ("/hom" + "e/anna/clause8", "a path of one machine"),
        ("-----BEGIN" + " PRIVATE KEY-----", "a secret key"),
    ],
)
def test_a_line_that_works_in_one_place_only_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, what: str
) -> None:
    monkeypatch.setattr(guard, "PROJECT", tmp_path)
    file = tmp_path / "notes.md"
    file.write_text(f"fine\n{line}\n")
    assert guard.findings([file]) == [f"notes.md:2 names {what}: take it out."]


def test_ordinary_lines_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "PROJECT", tmp_path)
    file = tmp_path / "notes.md"
    file.write_text("homework/ and network/main, docs/home-work, https://desk.example.com/home/\n")
    assert guard.findings([file]) == []


def test_every_app_has_a_floor() -> None:
    assert guard.without_floor(PROJECT) == []
    assert {"core", "tickets", "incidents", "desk"} <= set(guard.apps(PROJECT))


def test_an_app_without_a_floor_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.importlinter]\n[[tool.importlinter.contracts]]\nlayers = ["a | b"]\n'
    )
    for name in ("a", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "apps.py").touch()
    assert guard.without_floor(tmp_path) == ["c has no floor: add it to the layers in pyproject.toml."]


def test_this_checkout_is_clean() -> None:
    assert guard.findings(guard.tracked(PROJECT)) == []
