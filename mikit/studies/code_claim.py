"""The scripts behind "Code" of a checked claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mikit.models.model import Model
from mikit.studies.base import Flavour
from mikit.studies.code import mikit_script, nnsight_script

if TYPE_CHECKING:
    from mikit.studies.claim import CheckClaim

SHOW = """\
print(result.frame("right").to_string())
print(result.frame("logit difference").to_string())
for name, lines in result.texts.items():
    print(name, *lines, sep="\\n  ")
"""

CLAIM = """\
from itertools import permutations

wordings = {wordings}
lists = {lists}
for wording in wordings:
    for name, names in lists.items():
        couples = list(permutations(names, 2))
        order = torch.randperm(len(couples), generator=torch.Generator().manual_seed({seed})).tolist()
        found = []
        for io, s in [couples[i] for i in order[:{n}]]:
            ids = tokenizer(wording.format(IO=io, S=s), return_tensors="pt").input_ids
            answer, foil = (tokenizer(" " + word, add_special_tokens=False).input_ids[0] for word in (io, s))
            with torch.no_grad():
                with lm.trace(ids, use_cache=False, logits_to_keep=1):
                    difference = nnsight.save((lm.output.logits[0, -1, answer] - lm.output.logits[0, -1, foil]).clone())
            found.append(difference.item())
        right = sum(one > 0 for one in found)
        print(f"{{wording}} | {{name}}: {{right}} of {n} right, mean {{sum(found) / {n}:+.6f}}")
"""


def script(study: CheckClaim, model: Model, flavour: Flavour) -> str:
    """ "" where nothing is run."""
    if study.access != "weights":
        return ""
    if flavour == "mikit":
        return mikit_script(study, model, SHOW)
    body = CLAIM.format(
        wordings=list(study.wordings),
        lists={one.name: list(one.names) for one in study.names},
        seed=study.seed,
        n=study.n,
    )
    return nnsight_script(study.model, body)
