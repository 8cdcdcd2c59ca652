"""The app package: what the code hears and needs, and nothing else."""

import io
import json
import struct
import zipfile
from pathlib import Path

import pytest

from bot.cli import main
from bot.platforms.teams import icons
from bot.platforms.teams.graph import PERMISSIONS
from bot.platforms.teams.manifest import CONSENTS, manifest, package
from bot.platforms.teams.setup import commands, losses
from config.settings import load_settings
from handlers.web.pages import SECURITY

DOCS = Path(__file__).parents[2] / "docs"
APP = "11111111-2222-4333-8444-555555555555"
VERBS = {f"verb{n}": "does it" for n in range(40)} | {"declare": "opens an incident" * 20}
MADE = manifest(APP, VERBS, public_url="https://muster.example/", version="1.2.3")
CONFIGURED = {
    "MUSTER_ENV": "dev",
    "MUSTER_PUBLIC_URL": "https://muster.example",
    "MUSTER_TEAMS__APP_ID": APP,
    "MUSTER_TEAMS__APP_PASSWORD": "hush-hush",
    "MUSTER_TEAMS__TENANT_ID": "tenant-1",
}


def test_names_and_lists_are_within_teams_limits() -> None:
    (bot,) = MADE["bots"]
    assert set(bot["scopes"]) == {"personal", "team", "groupChat"}
    (listed,) = bot["commandLists"]
    assert [one["title"] for one in listed["commands"]] == ["declare"]
    for one in listed["commands"]:
        assert len(one["title"]) <= 32
        assert len(one["description"]) <= 128
    for extension in MADE["composeExtensions"][0]["commands"]:
        assert len(extension["title"]) <= 32
        assert extension["fetchTask"] is True
    assert len(MADE["name"]["short"]) <= 30
    assert len(MADE["description"]["short"]) <= 80
    assert MADE["validDomains"] == ["muster.example"]


def test_no_tab_shows_a_page_that_no_frame_may_hold() -> None:
    """The web room forbids every frame; a tab is one."""
    assert "frame-ancestors 'none'" in SECURITY["Content-Security-Policy"]
    assert [tab for tab in MADE["staticTabs"] if "contentUrl" in tab] == []


def test_it_asks_for_the_consents_that_are_explained() -> None:
    asked = MADE["authorization"]["permissions"]["resourceSpecific"]
    assert {one["name"] for one in asked} == CONSENTS.keys()
    assert {one["type"] for one in asked} == {"Application"}


def test_the_package_holds_the_manifest_and_both_icons_and_is_the_same_every_time() -> None:
    packed = package(MADE)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert sorted(archive.namelist()) == ["color.png", "manifest.json", "outline.png"]
        assert json.loads(archive.read("manifest.json")) == MADE
    assert package(MADE) == packed


@pytest.mark.parametrize(("drawn", "size"), [(icons.colour, 192), (icons.outline, 32)])
def test_an_icon_is_a_png_of_the_size_that_teams_wants(drawn, size: int) -> None:  # type: ignore[no-untyped-def]
    made = drawn()
    assert made.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", made[16:24]) == (size, size)


def test_the_commands_are_filled_in_and_make_a_single_tenant_bot() -> None:
    said = commands(
        tenant="tenant-1", public_url="https://muster.example", group="ops", location="westeurope"
    )
    assert "--app-type SingleTenant --tenant-id tenant-1" in said
    assert "--endpoint https://muster.example/api/messages" in said
    assert all(name in said for name in PERMISSIONS)
    assert "{" not in said.replace('"{', "")


def test_a_tenant_that_is_known_by_its_domain_gets_its_id() -> None:
    """Teams names it by its id alone: with the domain in the settings nobody would be heard."""
    said = commands(
        tenant="contoso.example", public_url="https://muster.example", group="ops", location="x"
    )
    assert "az login --tenant contoso.example" in said
    (line,) = (one for one in said.splitlines() if "MUSTER_TEAMS__TENANT_ID" in one)
    assert line.endswith('="$(az account show --query tenantId --output tsv)"')
    told = {**CONFIGURED, "MUSTER_TEAMS__TENANT_ID": "contoso.example"}
    assert "teams.tenant_id is a domain" in load_settings(told).missing()[0]


def test_the_docs_say_what_is_lost_without_each_permission() -> None:
    """Print `losses` anew where this fails."""
    assert losses() in (DOCS / "teams.md").read_text(encoding="utf-8")


def test_the_package_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "muster.zip"
    assert main(["teams", "manifest", str(file)], CONFIGURED) == 0
    with zipfile.ZipFile(file) as archive:
        made = json.loads(archive.read("manifest.json"))
    assert made["id"] == APP
    assert "declare" in [one["title"] for one in made["bots"][0]["commandLists"][0]["commands"]]
    assert str(file) in capsys.readouterr().out


def test_without_an_app_id_it_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "muster.zip"
    assert main(["teams", "manifest", str(file)], {"MUSTER_ENV": "dev"}) == 2
    assert "muster teams setup" in capsys.readouterr().err
    assert not file.exists()


def test_the_setup_is_printed_without_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["teams", "setup", "--tenant", "tenant-9"], CONFIGURED) == 0
    said = capsys.readouterr().out
    assert "--tenant-id tenant-9" in said
    assert "without it Muster cannot" in said
    assert "hush-hush" not in said
    plain = {**CONFIGURED, "MUSTER_PUBLIC_URL": "http://muster.example"}
    assert main(["teams", "setup"], plain) == 2, "Microsoft calls https only"
