"""Every rule lets a good example pass and catches a bad one."""

import ast

import pytest

from tests.architecture import rules

GOOD_AND_BAD = [
    (
        rules.touches_the_orm,
        ["queries.get_concern(viewer, 1)", "form.cleaned_data"],
        ["Concern.objects.get(pk=1)", "concern.save()", "from django.db import transaction"],
    ),
    (
        rules.takes_positional_arguments,
        ["def close(*, concern, now): ...", "def _step(concern): ...", "def sweep(): ..."],
        ["def close(concern, *, now): ...", "def close(*concerns): ..."],
    ),
    (
        rules.looks_at_the_clock,
        ["later = now + timedelta(days=1)", "quarter.local_day(now)"],
        ["timezone.now()", "date.today()", "timezone.localdate()"],
    ),
    (
        rules.uses_signals,
        ["from django.db.models import Model"],
        ["from django.dispatch import receiver", "from django.db.models.signals import post_save"],
    ),
    (
        rules.reads_the_environment,
        ["env_text('DATA_DIR')"],
        ["os.environ['DATA_DIR']", "os.getenv('DATA_DIR')"],
    ),
    (
        rules.decides_who_sees,
        [
            "def f(v): return concerns_for(v).filter(is_released=True)",
            "def f(v): return Dossier.objects.filter(visible_rows(v), audience='public')",
            "def f(v): return Concern.objects.filter(state='new')",
        ],
        [
            "def f(v): return Concern.objects.filter(is_released=True)",
            "def f(v): return Concern.objects.exclude(dossier__audience__in=['public'])",
            "def f(v): return Q(dossier__audience='public')",
            "def f(d): return d.audience == 'public'",
        ],
    ),
    (
        rules.mocks,
        ["import pytest"],
        ["from unittest import mock", "from unittest.mock import patch", "import mock"],
    ),
    (
        rules.skips,
        ["pytest.mark.parametrize('a', [1])", "words.skip()"],
        ["pytest.skip('later')", "pytest.mark.xfail", "pytest.mark.skipif(True)"],
    ),
]
TEXTS = [
    (
        rules.BARE_EXCEPTIONS,
        ["x = 1  # noqa: S105 -- demo", "y()  # type: ignore[arg-type]  # set by the middleware"],
        ["x = 1  # noqa", "x = 1  # noqa: S105", "y()  # type: ignore", "pragma: no cover"],
    ),
    (rules.UNFINISHED, ["what to do", "toDo"], ["# TO" + "DO later", "FIX" + "ME"]),
    (
        rules.ELSEWHERE,
        ["https://example.org/", "the workshop", "homework/"],
        ["https://py" + "pi.org/simple", "/wo" + "rk/main", "cd /ro" + "ot/x"],
    ),
    (
        rules.INLINE,
        [
            '<p class="style">',
            '<script src="/a.js"></script>',
            "<option value=1>",
            '<link rel="stylesheet" href="/a.css">',
        ],
        ['<p style="x">', '<a onclick="x()">', "<script>", "<style>", '<a href="javascript:x">'],
    ),
    (rules.HX_ON, ['<form hx-post="/">'], ['<form hx-on:click="x()">']),
    (
        rules.SAID_TO_TELLER,
        [
            "{{ concern.state_for_others }}",
            "{{ mail.get_state_display }}",
            "{{ referral.get_state_display }}",
            "{{ mediation.get_state_display }}",
            "party.get_state_display()",
            "{{ step.get_state_display }}",
            "word_for_others(ConcernState(row.state))",
            "told_steps(concern, lines, to_person=False)",
        ],
        [
            "{{ one.concern.get_state_display }}",
            "made.get_state_display()",
            "str(ConcernState(row.state).label)",
            "told_steps(concern, lines, to_person=True)",
        ],
    ),
]


def cases(table, column):
    return [(row[0], line) for row in table for line in row[column]]


@pytest.mark.parametrize(("rule", "line"), cases(GOOD_AND_BAD, 1))
def test_a_rule_lets_good_code_pass(rule, line):
    assert rule(ast.parse(line)) == []


@pytest.mark.parametrize(("rule", "line"), cases(GOOD_AND_BAD, 2))
def test_a_rule_catches_bad_code(rule, line):
    assert rule(ast.parse(f"\n{line}")) == [2]


@pytest.mark.parametrize(("pattern", "line"), cases(TEXTS, 1))
def test_a_pattern_lets_good_text_pass(pattern, line):
    assert rules.lines_with(pattern, line) == []


@pytest.mark.parametrize(("pattern", "line"), cases(TEXTS, 2))
def test_a_pattern_catches_bad_text(pattern, line):
    assert rules.lines_with(pattern, f"\n{line}") == [2]
