from __future__ import annotations

import pytest

from truss_nb import formats

tokenizers = pytest.importorskip("tokenizers")


@pytest.fixture
def tokenizer():
    made = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token="[UNK]"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=60, special_tokens=["[UNK]", "[PAD]"], show_progress=False
    )
    made.train_from_iterator(["the cat sat on the mat", "a dog sat"], trainer)
    made.enable_padding(length=8, pad_id=1, pad_token="[PAD]")
    made.enable_truncation(6)
    return made


def test_a_tokenizer_comes_back_with_padding_and_truncation(tokenizer, round_trip):
    form = formats.find(tokenizer)
    assert (form.suffix, form.needs_trust) == (".json", False)
    back = round_trip({"tokenizer": tokenizer})["tokenizer"]
    text = "the dog sat on the cat, the mat"
    assert back.encode(text).ids == tokenizer.encode(text).ids
    assert back.to_str() == tokenizer.to_str()


def test_a_part_written_in_python_is_refused(tokenizer):
    class Letters:
        def pre_tokenize(self, text):
            text.split(str.isspace, "isolated")

    custom = tokenizers.pre_tokenizers.PreTokenizer.custom(Letters())
    tokenizer.pre_tokenizer = custom
    refusal = formats.find(tokenizer).audit(tokenizer).refusal
    assert refusal.type == "tokenizers.Tokenizer"
    assert "Custom PreTokenizer cannot be serialized" in refusal.reason


def test_a_part_alone_is_pickled():
    assert formats.find(tokenizers.models.BPE()).suffix == ".pickle"
