"""Every refusal has a code that a program can rely on."""

import ast
import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import truss_nb
from truss_nb.errors import Reason

PACKAGE = Path(truss_nb.__file__).parent


def modules_that_name(word: str) -> list[str]:
    return [
        ".".join(("truss_nb", *file.relative_to(PACKAGE).with_suffix("").parts))
        for file in sorted(PACKAGE.rglob("*.py"))
        if any(
            isinstance(node, ast.Call) and ast.unparse(node.func) == word
            for node in ast.walk(ast.parse(file.read_text()))
        )
    ]


def reasons() -> list[Reason]:
    values = [
        value
        for module in modules_that_name("Reason")
        for value in vars(import_module(module)).values()
        if isinstance(value, Reason)
    ]
    return list({id(value): value for value in values}.values())


def test_no_problem_is_made_without_a_reason_that_has_a_code() -> None:
    assert modules_that_name("Problem") == ["truss_nb.errors"]


def test_no_two_reasons_share_a_code_and_each_has_one() -> None:
    codes = Counter(reason.code for reason in reasons())
    assert len(codes) > 50
    assert codes.most_common(1)[0][1] == 1
    assert [code for code in codes if not re.fullmatch(r"[CEFNPRSTW]1\d\d", code)] == []


def test_a_reason_fills_its_sentences_with_facts() -> None:
    lost = Reason("W999", "{name} holds {what}", "Move {what} elsewhere")

    problem = lost.of("out", ("load",), "cell 3", what="{notes}")

    assert str(problem) == (
        "load → out (cell 3): out holds {notes}. Move {notes} elsewhere."
    )
    assert problem.code == "W999"
