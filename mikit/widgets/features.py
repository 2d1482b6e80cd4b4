"""FeatureDashboard: every feature of a dictionary, one at a time, with its label held against where it fires."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any, ClassVar, get_args

import numpy as np
import traitlets
from PIL import Image, ImageDraw

from mikit.errors import MikitError, UnknownSite
from mikit.models.model import Model
from mikit.sae import labels
from mikit.sae.dictionary import Dictionary
from mikit.sae.evaluate import sites
from mikit.sae.index import Index, index_of
from mikit.sae.library import load_dictionary, ref_of
from mikit.studies.base import Result, Study
from mikit.studies.feature_effect import WHOLE, FeatureEffect, How
from mikit.studies.features_on_text import FeaturesOnText
from mikit.studies.fit_dictionary import FitDictionary
from mikit.studies.index_features import IndexFeatures
from mikit.studies.intruder import Intruder
from mikit.studies.score_label import ScoreLabel
from mikit.trace.checks import load
from mikit.widgets import still
from mikit.widgets.base import View, refuse_unknown
from mikit.widgets.features_wire import (
    all_wire,
    detail_wire,
    effect_wire,
    fit_wire,
    game_outcome,
    label_of,
    on_text_wire,
    opening,
    pool_texts,
    promoters,
    quiz_outcome,
    snippets_wire,
)
from mikit.widgets.wire import decode

PROMPT = "When Mary and John went to the store, John gave a drink to"


class FeatureDashboard(View):
    """Browse a dictionary's features: where each fires, what it promotes, how well its label holds, what it does on
    your own text.

    The dictionary is measured at its place first; one that does not fit is refused. The view opens on the three
    features with the best scored labels and the three with the worst. A label of your own is untested until you have
    said, text by text, where the feature fires.

    Args:
        dictionary: whatever ``mikit.load_dictionary`` opens: a name, a folder, "org/repo:folder", or a Dictionary.
        model: a Model, or whatever ``mikit.load`` opens; left out, the model that the dictionary names.
        prompt: a text of your own to begin with.
        feature: the one to begin with; the best labelled if left out.
        title: the view's heading.

    Raises:
        DictionaryUnusable: no such dictionary, or one without a place in this model.
        UnknownSite: a feature that the dictionary does not have.
        UnknownModel, ModelNotHere, WeightsBroken ...: what ``mikit.load`` raises.
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "features"
    lanes: ClassVar[dict[str, type[Study]]] = {
        "fit": FitDictionary,
        "index": IndexFeatures,
        "text": FeaturesOnText,
        "effect": FeatureEffect,
        "score": ScoreLabel,
        "intruder": Intruder,
    }
    inputs: ClassVar[tuple[str, ...]] = ("prompt", "feature", "how", "indexing")
    choices: ClassVar[tuple[str, ...]] = ("dose", "wanted")

    dictionary = traitlets.Unicode().tag(sync=True)
    place = traitlets.Unicode().tag(sync=True)
    fit = traitlets.Any(None).tag(sync=True)  # None or a dict, as most below
    refused = traitlets.Unicode().tag(sync=True)
    count = traitlets.Int().tag(sync=True)
    all = traitlets.Any(None).tag(sync=True)
    opening = traitlets.List(traitlets.Dict()).tag(sync=True)
    feature = traitlets.Int(min=0).tag(sync=True)
    detail = traitlets.Any(None).tag(sync=True)
    wanted = traitlets.Unicode().tag(sync=True)
    found = traitlets.Any(None).tag(sync=True)
    prompt = traitlets.Unicode().tag(sync=True)
    on_text = traitlets.Any(None).tag(sync=True)
    how = traitlets.Enum(get_args(How)).tag(sync=True)
    dose = traitlets.Int(WHOLE).tag(sync=True)
    effect = traitlets.Any(None).tag(sync=True)
    indexing = traitlets.Bool(False).tag(sync=True)
    own = traitlets.Dict().tag(sync=True)
    quiz = traitlets.Any(None).tag(sync=True)
    game = traitlets.Any(None).tag(sync=True)

    def __init__(
        self,
        dictionary: Dictionary | str | Path = "smollm2-135m-l9",
        model: Model | str | Path | None = None,
        *,
        prompt: str = PROMPT,
        feature: int | None = None,
        title: str = "Features",
        **unknown: object,
    ) -> None:
        refuse_unknown(type(self), unknown)
        self._dictionary = load_dictionary(dictionary)
        self._ref = ref_of(self._dictionary)
        site = sites(self._dictionary)[0]
        model = self._dictionary.place.model if model is None else model
        model = model if isinstance(model, Model) else load(model)
        features = self._dictionary.config.features
        if feature is not None and not 0 <= feature < features:
            raise UnknownSite(f"There is no feature {feature}: this dictionary has 0 to {features - 1}.")
        self._looked_at: dict[str, dict[str, Any]] = {}
        self._judged: ScoreLabel | None = None
        self._picked: Intruder | None = None
        self._asked = (0, 0)  # feature and seed of the test that is on screen
        self._trials: list[Result] = []
        super().__init__(
            model,
            title=title,
            shows="Where each feature fires, what it writes, and how well its label foretells its firing.",
            hides="What the model uses it for.",
            dictionary=self._ref.chip,
            place=str(site),
            count=features,
            prompt=prompt,
            feature=feature or 0,
            how="ablate",
        )
        self._read_index()
        if feature is None and self.opening:
            self._first["feature"] = self.feature = self.opening[0]["id"]
        self._look()
        self.on_msg(self._hear_person)
        self.observe(self._ask_changed_lanes, names=["fit", "all"])
        self._begin()

    @property
    def _index(self) -> Index | None:
        return index_of(self._dictionary)

    @property
    def _studied(self) -> Model:
        assert self._model is not None
        return self._model

    # -- the index: pure lookups --------------------------------------------------------------------------------------

    def _read_index(self) -> None:
        if (index := self._index) is not None:
            self._looked_at = {}
            with self.hold_sync():
                self.opening = opening(index)
                self.all = all_wire(index)

    @traitlets.observe("feature")
    def _look(self, _: object = None) -> None:
        if (index := self._index) is not None:
            self.detail = self._detail(index, self.feature)

    def _detail(self, index: Index, feature: int) -> dict[str, Any]:
        return self._looked_at.setdefault(str(feature), detail_wire(index, feature))

    @traitlets.observe("wanted")
    def _find(self, _: object) -> None:
        index = self._index
        self.found = promoters(index, self.wanted) if index and self.wanted else None

    # -- what a person says -------------------------------------------------------------------------------------------

    def _hear_person(self, _: object, message: dict[str, Any], buffers: object) -> None:
        actions = {
            "label": lambda: self.label(message["words"]),
            "quiz": self.ask_blind,
            "answers": lambda: self.answer(message["answers"]),
            "intruder": self.hide_intruder,
            "pick": lambda: self.pick(message["which"]),
            "leave": self.leave,
        }
        if action := actions.get(message.get("do", "")):
            try:
                action()
            except MikitError as error:
                self.error = str(error)

    def label(self, words: str) -> None:
        """Give the chosen feature a label of your own: untested, until you have answered for it."""
        self.own = {**self.own, str(self.feature): {"words": words, "score": None, "shuffled": None}}
        self.leave()

    def ask_blind(self) -> None:
        """Begin a test of the chosen feature's label: texts, and nothing of the truth. Raises UnknownSite."""
        index = self._needed_index()
        seed = sum(isinstance(trial.study, ScoreLabel) for trial in self._trials)
        items = labels.quiz(index, self.feature, seed).items
        self._asked = (self.feature, seed)
        with self.hold_sync():
            self.game = None
            self.quiz = _round(self.feature, items) | {"words": self._words(index)}

    def answer(self, answers: list[bool]) -> None:
        """Where the feature fires, text by text; the truth comes after that."""
        if self.quiz is None or self.quiz["outcome"] is not None:
            return
        feature, seed = self._asked
        self._judged = ScoreLabel(
            model=self._studied.ref,
            dictionary=self._ref,
            feature=feature,
            label=self.quiz["words"],
            answers=tuple(answers),
            seed=seed,
        )
        self._ask_changed_lanes()

    def hide_intruder(self) -> None:
        """Begin a round: five texts, and in one the feature is silent. Raises UnknownSite."""
        items = labels.intruder(self._needed_index(), self.feature, len(self._choices(self.feature))).items
        with self.hold_sync():
            self.quiz = None
            self.game = _round(self.feature, items)

    def pick(self, which: int) -> None:
        """Say which text is the foreign one."""
        if self.game is None or self.game["outcome"] is not None:
            return
        feature = self.game["feature"]
        choices = (*self._choices(feature), which)
        self._picked = Intruder(model=self._studied.ref, dictionary=self._ref, feature=feature, choices=choices)
        self._ask_changed_lanes()

    def _choices(self, feature: int) -> tuple[int, ...]:
        """Those of the rounds that were played with a feature."""
        played = [one.study for one in self._trials if isinstance(one.study, Intruder)]
        return next((study.choices for study in played if study.feature == feature), ())

    def leave(self) -> None:
        """Back from a test to the examples."""
        with self.hold_sync():
            self.quiz = self.game = None

    def _needed_index(self) -> Index:
        if (index := self._index) is None:
            raise UnknownSite(
                "This dictionary has no index yet, so there are no texts to ask about: read the pool first."
            )
        return index

    def _words(self, index: Index) -> str:
        """The label that the chosen feature goes by: a person's own, else the proposed one."""
        own = self.own.get(str(self.feature))
        return str(own["words"]) if own else label_of(index, self.feature)

    # -- asking -------------------------------------------------------------------------------------------------------

    def ask(self, lane: str) -> Study | None:
        fields: dict[str, Any] = {"model": self._studied.ref, "dictionary": self._ref}
        if lane == "fit":
            return FitDictionary(**fields)
        if lane == "score":
            return self._judged
        if lane == "intruder":
            return self._picked
        if self.fit is None:
            return None  # nothing leans on a dictionary before it was measured
        if lane == "index":
            return IndexFeatures(**fields, **pool_texts()) if self.indexing else None
        if lane == "text":
            return FeaturesOnText(**fields, text=self.prompt, features=(self.feature,))
        return FeatureEffect(**fields, prompt=self.prompt, feature=self.feature, how=self.how)

    # -- showing ------------------------------------------------------------------------------------------------------

    def show(self, lane: str, result: Result) -> None:
        if lane == "fit":
            self.fit = fit_wire(result)
        elif lane == "index":
            if result.grids:
                self._read_index()
                self._look()
        elif lane == "text":
            self.on_text = on_text_wire(result)
        elif lane == "effect":
            self.effect = effect_wire(result)
        else:
            self._show_trial(result)

    def _show_trial(self, result: Result) -> None:
        """A person's answers, held against the index. Rounds of one feature's game are one result."""
        study, index = result.study, self._needed_index()
        if isinstance(study, ScoreLabel):
            self._trials = [one for one in self._trials if one.study != study] + [result]
            self._show_score(study, quiz_outcome(index, result))
        elif isinstance(study, Intruder):
            rest = [one for one in self._trials if (one.study.kind, _about(one)) != (study.kind, study.feature)]
            self._trials = [*rest, result]
            if self.game and self.game["feature"] == study.feature:
                self.game = {**self.game, "outcome": game_outcome(index, result)}

    def _show_score(self, study: ScoreLabel, found: dict[str, Any]) -> None:
        if self.quiz and self._asked == (study.feature, study.seed):
            self.quiz = {**self.quiz, "outcome": found}
        own = self.own.get(str(study.feature))
        if own and own["words"] == study.label:
            scored = {**own, "score": found["score"], "shuffled": found["shuffled"]}
            self.own = {**self.own, str(study.feature): scored}

    def clear(self, lane: str) -> None:
        if lane == "text":
            self.on_text = None
        elif lane == "effect":
            self.effect = None

    def work_failed(self, lane: str, request: int, sentence: str) -> None:
        """A dictionary that does not fit takes the view's numbers with it."""
        if lane == "fit" and self._lanes.newest(lane, request):
            self.refused = sentence
        super().work_failed(lane, request, sentence)

    def _results(self) -> list[Result]:
        """What is on screen, and every test that a person took here."""
        shown = [one for one in super()._results() if not isinstance(one.study, ScoreLabel | Intruder)]
        return [*shown, *self._trials]

    def _state_for_page(self) -> dict[str, Any]:
        """A page can show the features that were looked at, and those that the view opened on."""
        if (index := self._index) is not None:
            for one in self.opening:
                self._detail(index, one["id"])
        return {**super()._state_for_page(), "kept": self._looked_at}

    # -- the static picture -------------------------------------------------------------------------------------------

    def picture(self) -> str:
        if self.refused:
            return f"<p>{html.escape(self.refused)}</p>"
        index, detail = self._index, self.detail
        if index is None or detail is None:
            return ""
        feature = detail["id"]
        lines = [
            f"{self.dictionary} at {self.place}; each dot a feature: share of tokens it fires on, upwards, log;"
            " largest activation to the right",
            f"Feature {feature}: {self._in_words(index)}",
            f"promotes {_tokens(detail['promoted'])}; suppresses {_tokens(detail['suppressed'])}",
        ]
        drawn = still.png(_dots(index, feature), "all features, density against largest activation")
        peak = float(index.peak[feature])
        texts = [
            still.words(one["tokens"], np.array(one["values"]), "sequential", peak)
            for one in detail["examples"]
            if one["band"] == 0
        ]
        if self.on_text is not None and self.on_text["feature"] == feature:
            texts.append(still.words(self.on_text["tokens"], decode(self.on_text["values"]), "sequential", peak))
        return drawn + "".join(f"<p>{html.escape(line)}</p>" for line in lines) + "".join(texts)

    def _in_words(self, index: Index) -> str:
        """The label and its score: one never stands without the other."""
        own = self.own.get(str(self.feature))
        score = own["score"] if own else index.score[self.feature].tolist()
        words = self._words(index) or "no label"
        if score is None or not np.isfinite(score[0]):
            return f"{words} · untested"
        return f"{words} · blind score {score[0]:.2f} [{score[1]:.2f}, {score[2]:.2f}]"


def _round(feature: int, items: tuple[labels.Snippet, ...]) -> dict[str, Any]:
    """Texts to be judged, before they are."""
    return {"feature": feature, "items": snippets_wire(items), "outcome": None}


def _about(result: Result) -> int:
    assert isinstance(result.study, ScoreLabel | Intruder)
    return result.study.feature


def _tokens(written: list[dict[str, Any]]) -> str:
    return ", ".join(repr(one["token"]) for one in written) or "nothing known"


def _dots(index: Index, chosen: int) -> Image.Image:
    """Features that ever fired, by density (log) and peak; the chosen one ringed."""
    wide, high = 320, 200
    image = Image.new("RGB", (wide, high), "#FFFFFF")
    draw = ImageDraw.Draw(image)
    fired = np.flatnonzero(index.density > 0)
    up = np.log(index.density[fired])
    x = 4 + (wide - 8) * index.peak[fired] / (index.peak.max() or 1.0)
    y = high - 4 - (high - 8) * (up - up.min()) / (float(np.ptp(up)) or 1.0)
    draw.point(np.stack([x, y], 1).ravel().tolist(), fill="#2457C5")
    for at in np.flatnonzero(fired == chosen).tolist():
        draw.ellipse((x[at] - 4, y[at] - 4, x[at] + 4, y[at] + 4), outline="#1B2330", width=2)
    return image
