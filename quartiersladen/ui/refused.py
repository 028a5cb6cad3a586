"""What a service refuses stands in the form that asked for it."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType

from django.forms import Form

from quartiersladen.kernel.errors import Conflict, Invalid

#: Field of a refusal -> what the forms call it, where they use words of their own.
Names = Mapping[str, tuple[str, ...]]
SAME: Names = MappingProxyType({})


def field_of(form: Form, refusal: Invalid, names: Names = SAME) -> str | None:
    """Return the field at which a refusal is explained, None for the form as a whole."""
    possible = (refusal.field, *names.get(refusal.field, ()))
    return next((name for name in possible if name in form.fields), None)


def tried(
    form: Form,
    do: Callable[[], object],
    *,
    names: Names = SAME,
    explain: Callable[[Conflict], str] = str,
) -> HTTPStatus:
    """Call `do` if the form is valid; return how it went.

    200: done.  422: wrong input.  409: a state or a faster colleague stands against it. What stands
    against it has become an error of the form.  names, explain: the words of the page for it.
    """
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        do()
    except Invalid as refusal:
        form.add_error(field_of(form, refusal, names), str(refusal))
        return HTTPStatus.UNPROCESSABLE_ENTITY
    except Conflict as refusal:
        form.add_error(None, explain(refusal))
        return HTTPStatus.CONFLICT
    return HTTPStatus.OK
