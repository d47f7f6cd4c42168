from __future__ import annotations

import pytest

from truss_nb import formats


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


GIVEN = {
    "text-generation": (
        "GPT2LMHeadModel",
        {
            "max_new_tokens": 4,
            "do_sample": False,
            "return_full_text": False,
            "batch_size": 2,
        },
    ),
    "text-generation, until a word": (
        "GPT2LMHeadModel",
        {"stop_sequence": ["b"], "prefix": "a", "return_tensors": True},
    ),
    "token-classification": (
        "GPT2ForTokenClassification",
        {"aggregation_strategy": "max", "ignore_labels": ["x"], "stride": 2},
    ),
    "text-classification": (
        "GPT2ForSequenceClassification",
        {
            "function_to_apply": "sigmoid",
            "truncation": True,
            "max_length": 8,
            "top_k": None,
        },
    ),
    "zero-shot-classification": (
        "GPT2ForSequenceClassification",
        {"candidate_labels": ["x", "it's"], "hypothesis_template": "a {}"},
    ),
}


@pytest.fixture
def make():
    transformers = pytest.importorskip("transformers")
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = Tokenizer(models.WordLevel({"[UNK]": 0, "a": 1, "b": 2}, "[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=words, unk_token="[UNK]", pad_token="[UNK]", mask_token="b"
    )
    tokenizer.model_max_length = 16

    def make(task, kind, given):
        config = transformers.GPT2Config(
            vocab_size=3, n_embd=4, n_layer=1, n_head=1, bos_token_id=0, eos_token_id=0
        )
        model = getattr(transformers, kind)(config).eval()
        name = task.partition(",")[0]
        return transformers.pipeline(name, model=model, tokenizer=tokenizer, **given)

    return make


@pytest.mark.parametrize(("task", "kind", "given"), [(t, *g) for t, g in GIVEN.items()])
def test_all_that_a_pipeline_was_given_travels(make, tmp_path, task, kind, given):
    pipeline = make(task, kind, given)
    form = formats.find(pipeline)
    saved = form.saved(pipeline)
    form.write(pipeline, tmp_path / "saved")
    names = {"path": tmp_path / "saved"}
    exec("\n".join([*saved.imports, *saved.statements("back", "path")]), names)
    for name in ("_preprocess_params", "_forward_params", "_postprocess_params"):
        mine, back = getattr(pipeline, name), getattr(names["back"], name)
        assert back.keys() == mine.keys()
        assert {n: v for n, v in back.items() if n != "tokenizer"} == {
            n: v for n, v in mine.items() if n != "tokenizer"
        }
    assert all(f"{name}=" in saved.expression for name in given)


def test_a_setting_of_the_generation_travels(make):
    import transformers

    given = {"generation_config": transformers.GenerationConfig(max_new_tokens=3)}
    pipeline = make("text-generation", "GPT2LMHeadModel", given)
    saved = formats.find(pipeline).saved(pipeline)
    assert "=transformers.GenerationConfig(max_new_tokens=3))" in saved.expression


def test_what_no_text_says_is_refused_by_name(make):
    given = {"targets": ["a"]}
    pipeline = make("text-generation", "GPT2LMHeadModel", {})
    pipeline._postprocess_params = {"target_ids": pipeline, **given}
    refusal = formats.find(pipeline).audit(pipeline).refusal
    assert refusal.reason == (
        "was given target_ids, which a pipeline's folder doesn't hold"
    )
