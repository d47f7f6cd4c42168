from __future__ import annotations

import pytest


def test_a_tokenizer_needs_no_torch(elsewhere):
    pytest.importorskip("transformers")
    assert elsewhere("""
        sys.modules["torch"] = None
        from pathlib import Path
        from transformers import BertTokenizer
        from truss_nb import formats
        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good"]
        Path("vocab.txt").write_text("\\n".join(words))
        tokenizer = BertTokenizer("vocab.txt")
        form = formats.find(tokenizer)
        form.write(tokenizer, Path("saved"))
        names = {"path": Path("saved")}
        saved = form.saved(tokenizer)
        exec("\\n".join([*saved.imports, *saved.statements("back", "path")]), names)
        answer = [form.name, names["back"].tokenize("good bad")]
    """) == ["Transformers folder", ["good", "[UNK]"]]
