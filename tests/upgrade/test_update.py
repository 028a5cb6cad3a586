"""An office that began with an older release becomes an office of this one, with everything."""

import json


def test_the_sample_is_small_and_holds_every_table(release):
    sample = json.loads(release.read_text(encoding="utf-8"))

    assert release.stat().st_size < 200_000
    assert [label for label, table in sample["tables"].items() if not table["rows"]] == []
    assert len(sample["tables"]) > 40


def test_everything_is_there_and_works_after_the_update(release, updated):
    assert updated.told("tests.upgrade.house", "look", str(release)) == {
        "lost": [],
        "append_only": ["dossiers_entry", "privacy_consent", "privacy_trail"],
        "refused": True,
        "broken_references": "",
        "found": True,
        "pages": {},
    }


def test_migrating_again_changes_nothing(updated):
    schema, rows = updated.schema(), updated.rows()

    again = updated.run("migrate", "-v0")

    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert (updated.schema(), updated.rows()) == (schema, rows)
