from __future__ import annotations

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


def test_a_component_of_the_notebook_is_refused_by_its_place(pipeline):
    def shout(doc):
        return doc

    shout.__module__ = "__main__"
    spacy.language.Language.component("shout", func=shout)
    pipeline.add_pipe("shout")
    refusal = formats.find(pipeline).audit(pipeline).refusal
    assert (refusal.path, refusal.type) == (".get_pipe('shout')", "function")
