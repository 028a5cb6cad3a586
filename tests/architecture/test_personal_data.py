"""Every column that can hold something of a person is claimed, or named as nothing of a person."""

from typing import Any

from django.apps import apps
from django.db import models

from quartiersladen.accounts.models import User
from quartiersladen.concerns.models import Teller
from quartiersladen.directory.models import ContactPerson
from quartiersladen.privacy.below.ledgers import PLATFORM
from quartiersladen.privacy.registry import free_texts, holders

#: Columns in which people write, or that point to a person or a place.
CAN_HOLD = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.FileField,
    models.FloatField,
    models.GenericIPAddressField,
)
PEOPLE = (User, Teller, ContactPerson)


def can_hold(field: Any) -> bool:
    """Say whether a column can hold something of a person: a closed list cannot."""
    if field.is_relation:
        return field.related_model in PEOPLE
    return isinstance(field, CAN_HOLD) and not field.choices


def columns() -> set[str]:
    return {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if can_hold(field)
    }


def claimed(kind: str) -> list[str]:
    return [name for holder in holders() for name in getattr(holder.claims, kind)]


def test_somebody_has_thought_about_every_column():
    """A new column fails here: claim it in the module's privacy.py, or say why it holds nobody."""
    assert columns() - {*claimed("personal"), *claimed("other")} == set()


def test_a_column_is_claimed_once_and_is_there():
    names = [*claimed("personal"), *claimed("other")]
    everything = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
    }

    assert sorted(names) == sorted(set(names))
    assert (
        set(names)
        - everything
        - {
            f"django_q.{table}.{column}"
            for table in ("task", "success", "failure")
            for column in ("args", "kwargs", "result")
        }
        == set()
    )


def test_the_tables_of_the_house_are_not_claimed_among_those_of_libraries():
    ours = {a.label for a in apps.get_app_configs() if a.name.startswith("quartiersladen.")}
    claims = {*PLATFORM.claims.personal, *PLATFORM.claims.other}

    assert {name for name in claims if name.split(".")[0] in ours} == set()
    assert {"django_q", "auth"} < {name.split(".")[0] for name in claims}


def test_every_claim_says_something():
    reasons = [
        reason
        for holder in holders()
        for claims in (holder.claims.personal, holder.claims.other)
        for reason in claims.values()
    ]

    assert [reason for reason in reasons if len(reason) < len("not used")] == []


def test_a_new_column_would_be_noticed():
    class Guest(models.Model):
        nickname = models.CharField(max_length=40)
        size = models.CharField(max_length=1, choices=[("s", "small")])
        host = models.ForeignKey(User, models.CASCADE)
        seats = models.IntegerField()

        class Meta:
            app_label = "guests"
            apps = apps.__class__()

        def __str__(self) -> str:
            return self.nickname

    found = {field.name for field in Guest._meta.concrete_fields if can_hold(field)}

    assert found == {"nickname", "host"}


def test_texts_in_which_a_name_may_stand_are_claimed_as_personal():
    looked_through = {text.key for text in free_texts()}

    assert looked_through - set(claimed("personal")) == set()
    assert all(text.table._meta.get_field(text.field) for text in free_texts())
