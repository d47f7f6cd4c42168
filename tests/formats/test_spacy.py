from __future__ import annotations

from pathlib import Path

import pytest

from truss_nb import formats

spacy = pytest.importorskip("spacy")


@pytest.fixture
def pipeline():
    """Return a pipeline that was trained, on two sentences, to tell praise."""
    from spacy.training import Example

    nlp = spacy.blank("en")
    textcat = nlp.add_pipe("textcat")
    praise = {"a fine film": 1.0, "a poor film": 0.0}
    examples = [
        Example.from_dict(nlp.make_doc(text), {"cats": {"good": p, "bad": 1 - p}})
        for text, p in praise.items()
    ]
    textcat.add_label("good")
    textcat.add_label("bad")
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(5):
        nlp.update(examples, sgd=optimizer)
    return nlp


def test_a_trained_pipeline_answers_elsewhere_as_it_did(pipeline, tmp_path, elsewhere):
    form = formats.find(pipeline)
    audit = form.audit(pipeline)
    assert (form.suffix, form.needs_trust, audit.refusal) == ("", False, None)
    assert "spacy" in audit.modules
    for name in ("once", "again"):
        form.write(pipeline, tmp_path / name)
    files = [p for p in (tmp_path / "once").rglob("*") if p.is_file()]
    assert files
    for file in files:
        again = tmp_path / "again" / file.relative_to(tmp_path / "once")
        assert again.read_bytes() == file.read_bytes()
    answer = elsewhere(f"""
from pathlib import Path
import spacy
answer = ({form.saved(pipeline).loading('Path("once")')})("what a fine film").cats
""")
    assert answer == pytest.approx(pipeline("what a fine film").cats, rel=1e-5)


def test_a_component_that_a_factory_of_the_notebook_makes_comes_along(
    notebook, tmp_path: Path
) -> None:
    bundle = notebook(
        "import spacy\nfrom spacy.language import Language",
        "class Shout:\n    def __init__(self, mark): self.mark = mark\n"
        "    def __call__(self, doc):\n"
        "        doc.user_data['loud'] = doc.text.upper() + self.mark\n"
        "        return doc",
        "@Language.factory('shout', default_config={'mark': '!'})\n"
        "def make_shout(nlp, name, mark): return Shout(mark)",
        "nlp = spacy.blank('en')\nnlp.add_pipe('shout', config={'mark': '!!'})",
        "def preprocess(x): return nlp(x).user_data['loud']",
    )
    bundle.example("hi")

    assert bundle.export(tmp_path / "out").proof.passed


def test_a_function_that_the_notebook_registered_comes_along(
    notebook, tmp_path: Path
) -> None:
    bundle = notebook(
        "import spacy\nfrom spacy.language import Language",
        "@Language.component('loud')\ndef loud(doc):\n"
        "    doc.user_data['loud'] = doc.text.upper()\n    return doc",
        "nlp = spacy.blank('en')\nnlp.add_pipe('loud')",
        "nlp.Defaults.stop_words.add('btw')",
        "def preprocess(x):\n"
        "    doc = nlp(x)\n    return [doc.user_data['loud'], doc[0].is_stop]",
    )
    bundle.example("btw hi")

    assert bundle.export(tmp_path / "out").proof.passed
