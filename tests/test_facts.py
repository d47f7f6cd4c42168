"""What a program reads beside what people see: JSON of one written schema."""

import json
import re
from functools import reduce
from html.parser import HTMLParser
from importlib import import_module

import nbformat
import pytest
from nbclient import NotebookClient
from telling import SCHEMA, checked

from truss_nb.facts import MIME, Factual, to_type

TOKEN = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"

CELLS = [
    "%load_ext truss_nb",
    "import numpy as np\nWEIGHTS = np.arange(99.0) ** 2\nUNIT = 'm'",
    "%%truss_preprocess\ndef preprocess(x):\n    return 1 / x",
    "%%truss_predict\ndef predict(x, k=2):\n    return [WEIGHTS.sum() * x, UNIT]",
    "%truss_run 4",
    "%truss_run 0",
    "%truss_example 4 --name four",
    "%truss_status",
    "%truss_export ./out",
    "import truss_nb\ntruss_nb.prove('out')",
    "UNIT = 'km'",
    "%truss_status",
    "import threading\nfor UNIT in [threading.Lock()]: pass",
    "%truss_status",
    "%truss_export ./refused",
    "truss_nb.prove('nowhere')",
    "%truss_secret --remove KEY",
    "try: truss_nb.current().export('refused')\nexcept truss_nb.TrussNBError: pass",
    "1 / 0",
]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Run the cells; give where, the notebook, and what each showed."""
    book = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, CELLS)])
    place = tmp_path_factory.mktemp("told")
    resources = {"metadata": {"path": str(place)}}
    client = NotebookClient(
        book, kernel_name="python3", resources=resources, allow_errors=True
    )
    client.execute()
    shown = [
        out.data
        for cell in book.cells
        for out in cell.outputs
        if out.get("data", {}).get("text/html")  # what told of a wait is empty
    ]
    return place, shown, book


REPORTS = [
    ("run", "ran"),
    ("run", "failed"),
    ("status", "ready"),
    ("export", "passed"),
    ("proof", "passed"),
    ("status", "ready"),
    ("status", "refused"),
]


def test_each_report_carries_its_facts_beside_text_and_html(outputs):
    _, shown, _ = outputs
    for data in shown:
        # Bare application/json would be drawn in place of the HTML.
        assert set(data) == {MIME, "text/html", "text/plain"}
    facts = [checked(data[MIME]) for data in shown]
    assert [(each["report"], each["verdict"]) for each in facts] == REPORTS


def test_a_problem_is_told_in_parts(outputs):
    _, shown, _ = outputs
    (problem,) = shown[-1][MIME]["problems"]
    named = ("code", "name", "path", "cell")
    assert [problem[name] for name in named] == ["C117", "UNIT", ["predict"], "cell 13"]


def test_a_cell_that_was_refused_tells_why_beside_the_error(outputs):
    _, shown, book = outputs
    refused = [cell.outputs for cell in book.cells[-5:]]
    facts = []
    for error, beside in refused[:3]:
        assert error.output_type == "error"
        assert not any(beside.data[each] for each in ("text/plain", "text/html"))
        facts.append(checked(beside.data[MIME]))
    kinds = [each["error"]["kind"] for each in facts]
    assert kinds == ["ExportError", "ProofError", "SettingError"]
    assert facts[0]["problems"] == shown[-1][MIME]["problems"]
    assert [len(each) for each in refused[3:]] == [0, 1]  # caught, and none of ours


def test_what_a_run_raised_is_told_in_parts(outputs):
    _, shown, _ = outputs
    error = shown[1][MIME]["error"]
    assert error["kind"] == "ZeroDivisionError"
    assert error["where"] == "cell 3, line 3"
    assert "The input is 0" in error["details"]


def test_a_status_tells_what_another_export_would_change(outputs):
    _, shown, _ = outputs
    changes = shown[5][MIME]["changes"]
    assert [each["file"] for each in changes["files"]] == ["model/model.py"]
    assert "+UNIT = " in changes["files"][0]["diff"]


def test_a_status_names_no_folder_of_this_machine(outputs):
    place, shown, _ = outputs
    for data in shown[5], shown[6]:
        assert str(place) not in json.dumps(data)
    for kind in "text/plain", "text/html":
        assert "Changed since the export to out" in shown[5][kind]


class Cells(HTMLParser):
    """The cells of a page's tables, in the order in which they're read."""

    def __init__(self, html):
        super().__init__()
        self.texts, self.is_within = [], False
        self.feed(html)

    def handle_starttag(self, tag, _):
        if tag in ("td", "th"):
            self.texts.append("")
            self.is_within = True

    def handle_endtag(self, tag):
        self.is_within &= tag not in ("td", "th")

    def handle_data(self, data):
        if self.is_within:
            self.texts[-1] += data


def test_nbconvert_shows_the_tables(outputs):
    exporter = pytest.importorskip("nbconvert").HTMLExporter
    _, shown, book = outputs
    page, _ = exporter(embed_images=True).from_notebook_node(book)
    tables = [text for data in shown for text in Cells(data["text/html"]).texts]
    assert len(tables) > 50
    assert Cells(page).texts == tables
    assert '"report"' not in page


# What its sanitizer leaves of a page: no style, no class and no script.
GITHUB = {"b", "br", "details", "div", "em", "p", "pre", "span", "strong", "summary"}
GITHUB |= {"table", "tbody", "td", "th", "thead", "tr"}


def test_a_page_sanitized_as_github_does_shows_them_too(outputs):
    clean = pytest.importorskip("bleach").clean
    _, shown, _ = outputs
    for data in shown:
        html = data["text/html"]
        left = clean(html, tags=GITHUB, attributes=["align"], strip=True)
        assert Cells(left).texts == Cells(html).texts
        assert Cells(left).texts
        assert "style" not in left
        titles = re.findall("<b>(.*?)</b>", html)
        assert [re.sub("<.*?>", "", title) for title in titles] == [
            re.sub("<.*?>", "", title) for title in re.findall("<b>(.*?)</b>", left)
        ]


def test_no_credential_is_told(door, tmp_path):
    door.run_cell("import numpy as np")
    door.stage("predict", f"def predict(x):\n    return '{TOKEN}' + x")
    trace = door.bundle.run("x")
    door.require(f"thing @ https://me:{TOKEN}@example.com/thing.whl")
    for report in trace, door.bundle.status():
        told = json.dumps(checked(report.to_dict()))
        assert TOKEN not in told
        assert "[hidden]" in told


def test_a_secret_without_a_shape_is_told_neither(door):
    door.run_cell("KEY = 'correct-horse-battery'")
    door.secret("KEY")
    door.stage("predict", "def predict(x):\n    return [KEY, 1 / x]")
    failing = "def fails(x):\n    return {}[KEY]"
    traces = [door.bundle.run(1)]
    door.stage("predict", failing)
    traces.append(door.bundle.run(1))
    for trace in traces:
        shown = str(trace), trace._repr_html_(), json.dumps(checked(trace.to_dict()))
        assert not any("correct-horse" in each for each in shown)


def kinds(of=Factual):
    direct = of.__subclasses__()
    return reduce(set.union, map(kinds, direct), {each.kind for each in direct})


def test_the_schema_has_every_report():
    rooms = "export.report", "profiling", "proof.keeping", "status.status"
    for room in ("batch.report", *rooms):
        import_module(f"truss_nb.{room}")
    listed = {each["$ref"].rpartition("/")[2] for each in SCHEMA["oneOf"]}
    assert listed == kinds()


def test_a_line_to_type_holds_a_path_as_it_must_be_typed(door, tmp_path):
    (tmp_path / "My data.csv").write_text("1")
    path = str(tmp_path / "My data.csv")
    door.run_cell("from pathlib import Path")
    reads = f"def predict(x):\n    return Path({path!r}).read_text()"
    door.stage("predict", reads)
    door.run("1")
    (problem,) = door.bundle.status().to_dict()["problems"]
    assert problem["to_type"] == [f"%truss_file '{path}'"]
    door.file(path)
    assert not door.bundle.status().problems


@pytest.mark.parametrize(
    ("remedy", "lines"),
    [
        ("Run the cell that defines it", []),
        ("Set it: %truss_parameter k=VALUE", ["%truss_parameter k=VALUE"]),
        ("Open it in %%truss_load", []),
        ("Name a model with %truss_model, or mark a cell %%truss_predict", []),
        (
            "Let the server give it: %truss_secret NAME, where NAME is the global "
            "that holds it; or, if it is none: %truss_harmless data/a.json:17.",
            ["%truss_secret NAME", "%truss_harmless data/a.json:17"],
        ),
        (
            "Set it with %truss_config a.b=1, or take it back with %truss_config "
            "--remove KEY",
            ["%truss_config a.b=1", "%truss_config --remove KEY"],
        ),
        (
            "Ask for it: %truss_require 'NAME @ https://host/x, y'",
            ["%truss_require 'NAME @ https://host/x, y'"],
        ),
        ('Say so: %truss_harmless CONF["a b"]', ['%truss_harmless CONF["a b"]']),
        ("Fetch it with: hf download me/it", ["hf download me/it"]),
        (
            "truss_nb.prove(FOLDER, server=True) tries them together",
            ["truss_nb.prove(FOLDER, server=True)"],
        ),
        (
            "Let the server give it: truss_nb.current().secret('KEY'); or take it out",
            ["truss_nb.current().secret('KEY')"],
        ),
    ],
)
def test_a_line_to_type_stands_alone(remedy, lines):
    assert to_type(remedy) == lines
