"""Which features of a dictionary fire on a text, and what they do when its tokens stand in another order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.sae.evaluate import sites
from mikit.studies import code_dictionary
from mikit.studies.attention import position_labels
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, mean_grid
from mikit.studies.cost import STEP, held, seconds
from mikit.studies.dictionary import SINK, IndexedStudy, check_feature, check_length, read, without_first
from mikit.trace.arrays import Array

STRONGEST = 12
AT_ONCE = 5
"""Features that are listed for each token."""

ORDERS = 8
NO_INDEX = "This dictionary has no index, so no feature's peak is known: the largest activations come first."
WHY = (
    f"The same tokens in {ORDERS} other orders, each read wherever it went, the first token left where it is: what a"
    " feature makes of the token alone, not of what stands before it."
)


class FeaturesOnText(IndexedStudy):
    """Read a text through a dictionary: the ``features`` asked for, then the 12 that fire most strongly, by activation
    as a share of the feature's peak where there is an index, else by activation. Position 0 is left out (NaN).

    Grids: ``activation`` [feature, position]; ``strength`` [feature], the largest share of the peak (or activation);
    ``firing`` [position, rank], activations of the five features that fire most strongly on each token. Texts:
    ``tokens``; ``firing``, the features of that grid row by row ("" for none); ``notes``. Control: the tokens in other
    orders, with ``activation`` and ``strength`` of the same features, 95 % interval over orders."""

    kind: Literal["features-on-text"] = "features-on-text"
    text: str
    features: tuple[int, ...] = ()

    needs: ClassVar[tuple[str, ...]] = ("traced is raw",)

    def estimate(self, model: Model) -> Cost:
        length, features = model.tokens(self.text).ids.shape[1], self.dictionary.features
        return Cost(
            seconds=(1 + ORDERS) * seconds(model.spec, length),
            bytes=held(model.spec, length, ORDERS) + 4 * length * 2 * ORDERS * features,
        )

    def inputs(self, model: Model) -> list[Tensor]:
        return [model.tokens(self.text).ids[0], *(ids for _, ids in self._orders(model.tokens(self.text)))]

    def method(self, model: Model) -> Method:
        strength = "by its largest in the index" if self.index else "its largest on the text"
        return Method(
            sites=sites(self.fitting(model))[:1],
            metric=f"activation of a feature, in the dictionary's units; strength: activation {strength}",
        )

    def steps(self, model: Model) -> Iterator[Result]:
        dictionary = self.fitting(model)
        for feature in self.features:
            check_feature(dictionary, feature)
        index = self.described()
        tokens = model.tokens(self.text)
        check_length(tokens)
        own = dictionary.encode(read(model, dictionary, tokens))[0].cpu()
        peak = torch.ones(dictionary.config.features) if index is None else _known(index.peak)
        strength = own / peak
        chosen = _chosen(self.features, strength)
        grids = self._grids(tokens, chosen, own[None, :, chosen], strength[None, :, chosen])
        grids["firing"], ids = _firing(tokens, own, strength)
        texts = {
            "tokens": tokens.strings,
            "firing": ids,
            "notes": (SINK,) if index else (SINK, NO_INDEX),
        }
        yield Result(study=self, grids=grids, texts=texts, done=1 / (1 + ORDERS))
        shuffled: list[Tensor] = []
        orders = self._orders(tokens)
        at_once = max(1, int(STEP / seconds(model.spec, tokens.ids.shape[1])))
        for first in range(0, ORDERS, at_once):
            part = orders[first : first + at_once]
            there = dictionary.encode(read(model, dictionary, model.tokens_from(torch.stack([ids for _, ids in part]))))
            for (order, _), one in zip(part, there[..., chosen].cpu(), strict=True):
                shuffled.append(torch.empty_like(one).index_copy_(0, order - 1, one))
            back = torch.stack(shuffled)
            beside = self._grids(tokens, chosen, back, back / peak[chosen])
            yield Result(
                study=self,
                grids=grids,
                texts=texts,
                controls=(Control(name="other order", why=WHY, grids=beside),),
                done=(1 + len(shuffled)) / (1 + ORDERS),
            )

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_dictionary.features_on_text_script(self, model, flavour, STRONGEST)

    def _orders(self, tokens: Tokens) -> list[tuple[Tensor, Tensor]]:
        """For each draw the position that every token but the first comes from, [T - 1], and the ids [T]."""
        generator = torch.Generator().manual_seed(self.seed)
        ids = tokens.ids[0]
        orders = [1 + torch.randperm(len(ids) - 1, generator=generator) for _ in range(ORDERS)]
        return [(order, torch.cat([ids[:1], ids[order]])) for order in orders]

    def _grids(self, tokens: Tokens, chosen: Sequence[int], values: Tensor, strength: Tensor) -> dict[str, Grid]:
        """Means over draws of activations and strengths, [draw, position - 1, feature] both."""
        feature = {"feature": tuple(map(str, chosen))}
        by_position = np.stack([without_first(one).T.numpy() for one in values])
        return {
            "activation": mean_grid(by_position, feature | {"position": position_labels(tokens)}, "activation"),
            "strength": mean_grid(strength.amax(1).numpy(), feature, self._unit),
        }

    @property
    def _unit(self) -> str:
        return "share of its peak" if self.index else "activation"


def _known(peak: NDArray[np.float32]) -> Tensor:
    """The peaks, NaN where a feature never fired: nothing can be a share of that."""
    return torch.from_numpy(np.where(peak > 0, peak, np.nan))


def _chosen(asked: Sequence[int], strength: Tensor) -> list[int]:
    """The features asked for, then the strongest of all that fire, each once."""
    most = strength.nan_to_num(0).amax(0)
    top = most.topk(min(STRONGEST, len(most)))
    strongest = [int(f) for f, value in zip(top.indices, top.values, strict=True) if value > 0]
    return list(dict.fromkeys([*asked, *strongest]))


def _firing(tokens: Tokens, own: Tensor, strength: Tensor) -> tuple[Grid, tuple[str, ...]]:
    """The strongest features of each position, [position, rank], NaN where fewer fire, and their numbers."""
    top = strength.nan_to_num(0).topk(min(AT_ONCE, strength.shape[1]))
    fires = top.values > 0
    values = without_first(own.gather(1, top.indices).where(fires, torch.nan))
    first = [""] * top.indices.shape[1]
    rest = [str(f) if fired else "" for f, fired in zip(top.indices.ravel().tolist(), fires.ravel(), strict=True)]
    grid = Grid(
        values=Array.of(values),
        axes={"position": position_labels(tokens), "rank": tuple(str(n + 1) for n in range(values.shape[1]))},
        unit="activation",
    )
    return grid, (*first, *rest)
