"""The examples: tags follow a tokenizer's pieces and come back exactly; scripts run on real releases."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.formats.base import Release
from tests.civic_release import shared
from tests.slow_environment import ROOT, python

EXAMPLES = ROOT / "scripts" / "examples"


def load(name):
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


alignment = load("alignment")


@pytest.fixture(scope="module")
def folder():
    return shared("gold")[1]


# --- alignment ----------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4)), max_size=30), st.booleans())
def test_tags_come_back_from_any_pieces(tokens, special):
    tags = [tag for tag, _ in tokens]
    word_ids = [word for word, (_, pieces) in enumerate(tokens) for _ in range(pieces)]
    if special:
        word_ids = [None, *word_ids, None]
    pieces = alignment.align(tags, word_ids)
    assert len(pieces) == len(word_ids)
    assert [tag for tag in pieces if tag != alignment.IGNORED] == tags
    assert alignment.back(pieces, word_ids, len(tags)) == tags


def test_alignment_by_hand():
    word_ids = [None, 0, 0, 1, 3, 3, None]  # token 2 left no piece
    assert alignment.align([1, 2, 7, 3], word_ids) == [-100, 1, -100, 2, 3, -100, -100]
    assert alignment.back([9, 1, 5, 2, 3, 5, 9], word_ids, 4, missing=0) == [1, 2, 0, 3]


def tokenizer(kind, texts):
    """A tokenizer of each family that encoders use, trained on the spot."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    special = ["[UNK]", "[PAD]"]
    made, trainer, before = {
        "byte-bpe": (models.BPE(), trainers.BpeTrainer(vocab_size=600, special_tokens=special,
                     initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False),
                     pre_tokenizers.ByteLevel(add_prefix_space=True)),
        "wordpiece": (models.WordPiece(unk_token="[UNK]"), trainers.WordPieceTrainer(vocab_size=600,
                      special_tokens=special, show_progress=False), pre_tokenizers.BertPreTokenizer()),
        "unigram": (models.Unigram(), trainers.UnigramTrainer(vocab_size=600, special_tokens=special,
                    unk_token="[UNK]", show_progress=False), pre_tokenizers.Metaspace()),
    }[kind]  # fmt: skip
    found = Tokenizer(made)
    if kind == "wordpiece":
        found.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    found.pre_tokenizer = before
    found.train_from_iterator(texts, trainer)
    return found


@pytest.mark.parametrize("kind", ["byte-bpe", "wordpiece", "unigram"])
def test_every_token_of_a_release_keeps_its_tag_through_a_tokenizer(kind, folder):
    pytest.importorskip("tokenizers", reason="tokenizers is not in the lock yet")
    release = Release(folder)
    sentences = [row for split in release.splits("tokens") for row in release.sentences(split)]
    known = tokenizer(kind, [row["text"] for row in sentences])
    for row in sentences:
        encoded = known.encode(row["tokens"], is_pretokenized=True)
        pieces = alignment.align(row["ner_tags"], encoded.word_ids)
        assert alignment.back(pieces, encoded.word_ids, len(row["tokens"]), "lost") == row["ner_tags"]
        assert sum(piece != alignment.IGNORED for piece in pieces) == len(row["tokens"])


# --- scripts ------------------------------------------------------------------------------------


def run(name, *arguments):
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / f"{name}.py"), *map(str, arguments)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_numbers_as_a_table():
    folder = shared("written")[1]
    module = load("numbers_pandas")
    table = module.numbers(str(folder))
    spans = [
        (document.id, span["id"], span["label"], span["value"])
        for document in Release(folder).documents("train")
        for span in document.spans
        if span["label"] not in module.NAMES
    ]
    found = table[["doc_id", "id", "label", "value"]].astype(object)
    assert list(found.where(found.notna(), None).itertuples(index=False, name=None)) == spans
    shown = run("numbers_pandas", folder)
    assert "trên 52 tỷ đồng 52000000000" in shown


def test_the_examples_names_are_the_scheme_s():
    from labeling.scheme import load_scheme

    assert set(load("numbers_pandas").NAMES) == load_scheme().layer("names")


def test_readme_names_every_example():
    text = (EXAMPLES / "README.md").read_text("utf-8")
    assert all(path.name in text for path in EXAMPLES.glob("*.py"))


MODEL = """
import sys
from tokenizers import Tokenizer, models, pre_tokenizers, trainers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast
from datasets import load_dataset
import torch
torch.manual_seed(0)
made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
texts = load_dataset(sys.argv[1], "tokens", split="train")["text"]
made.train_from_iterator(list(texts), trainers.WordPieceTrainer(vocab_size=1500, special_tokens=special))
made.post_processor = processors.TemplateProcessing(
    single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
fast = PreTrainedTokenizerFast(
    tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
    mask_token="[MASK]", model_max_length=256)
fast.save_pretrained(sys.argv[2])
config = BertConfig(vocab_size=len(fast), hidden_size=64, num_hidden_layers=1, num_attention_heads=4,
                    intermediate_size=128, max_position_embeddings=256)
BertModel(config).save_pretrained(sys.argv[2])
"""


@pytest.mark.slow
def test_fine_tuning_learns_and_the_shipped_scorer_says_so(folder, tmp_path):
    cache = {"HF_HOME": str(tmp_path / "hf"), "OMP_NUM_THREADS": "1"}
    model, out = tmp_path / "tiny", tmp_path / "tuned"
    python("transformers", "-c", MODEL, folder, model, **cache)
    shown = python(
        "transformers", EXAMPLES / "fine_tune.py", folder, "--model", model, "--out", out, "--split", "train",
        "--epochs", 30, "--rate", 0.002, **cache,
    )  # fmt: skip
    assert "score.py" in shown
    scorer = ROOT / "exporters" / "templates" / "score.py"
    said = [
        sys.executable,
        scorer,
        out / "gold.jsonl",
        out / "predicted.jsonl",
        "--column",
        "ner_tags",
        "--json",
    ]
    exact = json.loads(subprocess.run(said, capture_output=True, text=True, check=True).stdout)["scores"][
        "all"
    ]["exact"]["all"]
    rows = list(Release(folder).sentences("train"))
    assert exact["gold"] == sum(tag.startswith("B-") for row in rows for tag in row["ner_tags"])
    assert exact["f1"] > 0.7  # it fits what it saw; chance is below 0.05
    gold = [json.loads(line) for line in Path(out / "gold.jsonl").read_text("utf-8").splitlines()]
    assert [line["ner_tags"] for line in gold] == [row["ner_tags"] for row in rows]
