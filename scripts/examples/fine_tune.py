#!/usr/bin/env python3
"""Fine-tune a token classifier on one flat column of the `tokens` config, and predict a split.

    python fine_tune.py work/releases/1.2.0 --model xlm-roberta-base --out tuned
    python fine_tune.py ORG/NAME --revision v1.2.0 --model xlm-roberta-base --column number_tags --out tuned

Leaves in --out the model, and gold.jsonl and predicted.jsonl for the release's score.py.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from alignment import align, back


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", help="a release folder, or a dataset on the Hub")
    parser.add_argument("--revision", help="tag of the version, for a dataset on the Hub")
    parser.add_argument("--model", required=True, help="name or folder of a pretrained encoder")
    parser.add_argument("--column", default="ner_tags")
    parser.add_argument("--split", default="test", help="the split to predict")
    parser.add_argument("--epochs", type=float, default=5)
    parser.add_argument("--rate", type=float, default=3e-5)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def main() -> int:
    """Train, predict, write."""
    from datasets import load_dataset
    from transformers import (
        AutoModelForTokenClassification,
        AutoTokenizer,
        DataCollatorForTokenClassification,
        Trainer,
        TrainingArguments,
        set_seed,
    )

    said = arguments()
    set_seed(said.seed)
    data = load_dataset(said.dataset, "tokens", revision=said.revision)
    if said.split not in data:
        print(f"fine_tune.py: no split {said.split!r}; there are {', '.join(data)}", file=sys.stderr)
        return 2
    names = data["train"].features[said.column].feature.names
    tokenizer = AutoTokenizer.from_pretrained(said.model)
    if not tokenizer.is_fast:
        print(f"fine_tune.py: {said.model} has no fast tokenizer, so no word_ids", file=sys.stderr)
        return 2

    def encode(rows: dict[str, list[Any]]) -> Any:
        made = tokenizer(rows["tokens"], is_split_into_words=True, truncation=True)
        made["labels"] = [align(tags, made.word_ids(i)) for i, tags in enumerate(rows[said.column])]
        return made

    encoded = {
        split: data[split].map(encode, batched=True, remove_columns=data[split].column_names)
        for split in ("train", said.split)
    }
    model = AutoModelForTokenClassification.from_pretrained(
        said.model,
        num_labels=len(names),
        id2label=dict(enumerate(names)),
        label2id={name: place for place, name in enumerate(names)},
    )
    trainer = Trainer(
        model=model,
        args=TrainingArguments(
            output_dir=str(said.out / "checkpoints"),
            num_train_epochs=said.epochs,
            learning_rate=said.rate,
            per_device_train_batch_size=said.batch,
            per_device_eval_batch_size=said.batch,
            save_strategy="no",
            report_to=[],
            seed=said.seed,
        ),
        train_dataset=encoded["train"],
        data_collator=DataCollatorForTokenClassification(tokenizer),
        processing_class=tokenizer,
    )
    trainer.train()
    trainer.save_model(str(said.out))
    best = trainer.predict(encoded[said.split]).predictions.argmax(axis=-1)
    with (
        (said.out / "gold.jsonl").open("w", encoding="utf-8") as gold,
        (said.out / "predicted.jsonl").open("w", encoding="utf-8") as predicted,
    ):
        for row, pieces in zip(data[said.split], best, strict=True):
            words = tokenizer(row["tokens"], is_split_into_words=True, truncation=True).word_ids()
            tags = back(pieces[: len(words)].tolist(), words, len(row["tokens"]))
            for file, found in ((gold, row[said.column]), (predicted, tags)):
                line = {"id": row["id"], said.column: [names[tag] for tag in found]}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(f"python score.py {said.out}/gold.jsonl {said.out}/predicted.jsonl --column {said.column}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
