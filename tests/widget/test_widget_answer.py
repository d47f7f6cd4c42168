"""The answer comes first, as a person reads it, and nothing says it again."""

import pytest
from page import Page, text

ANSWERS = {
    "a number": ("0.05", "0.05"),
    "a text": ("'It is 5 < 6.'", "It is 5 < 6."),
    "a label": ("{'label': 'cat', 'sure': True}", "label cat sure True"),
    "numbers": ("{'predictions': [3, 1, 4, 1, 5]}", "predictions 3, 1, 4, 1, 5"),
    "scores": ("{'cat': 0.75, 'dog': 0.25}", "cat 0.75 dog 0.25"),
    "rows": ("[{'a': 1, 'b': 'x'}, {'a': 2, 'b': 'y'}]", "a b 0 1 x 1 2 y"),
    "nested": ("{'a': {'b': [1, 2]}}", "a b 1, 2"),
}


def answered(notebook, expression):
    notebook.run_cell(f"%%truss_predict\ndef predict(x):\n    return {expression}")
    return Page(notebook.run_cell("%truss_widget")).run("null")


@pytest.mark.parametrize(("expression", "seen"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_read_as_a_person_reads_it(notebook, expression, seen):
    result = answered(notebook, expression)
    assert result.seen == seen
    assert result.html.index("truss-answer") < result.html.index("truss-stage-predict")
    # Only what is folded, its JSON, says it again.
    assert text(result.html).count(seen) <= 2
    assert seen not in result.stage("predict")


def test_of_a_run_that_failed_the_stage_is_first(notebook):
    result = answered(notebook, "x['name']")
    assert result.html.index("truss-failed") < result.html.index("truss-answer")


def test_an_answer_that_is_refused_is_seen_at_its_stage(notebook):
    result = answered(notebook, "{'when': 1 + 2j}")
    assert "when (1+2j)" in result.stage("predict")
    assert "$.when" in text(result.part("truss-answer"))


def test_what_a_stage_says_of_a_value_it_says_once(notebook):
    notebook.run_cell(
        "%%truss_preprocess\ndef preprocess(x):\n    return ['word'] * 30"
    )
    result = answered(notebook, "len(x)")
    assert result.stage("preprocess").count("list of 30") == 1
    assert result.stage("input").count("None") == 1
