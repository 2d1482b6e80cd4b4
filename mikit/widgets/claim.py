"""ClaimView: a claim, its rule and its evidence, by clicks and text boxes alone."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import traitlets
from pydantic import ValidationError

from mikit.errors import MikitError
from mikit.models.model import Model
from mikit.studies.base import Result, Study
from mikit.studies.claim import CODES, LISTS, OFFERED, CheckClaim, Earlier, NameList, Rule, in_words, percent
from mikit.studies.dose import Dose
from mikit.studies.pairs import PromptPair
from mikit.studies.prompts import token_ids
from mikit.trace.checks import load
from mikit.widgets.base import View, refuse_unknown
from mikit.widgets.wire import encode

CLAIM = "The model names the person who receives the drink."
SIZES = (8, 16, 32, 64, 128)
DECODED = {code: verdict for verdict, code in CODES.items()}


class ClaimView(View):
    """Check a claim about what a model answers, without code: say it, choose wordings and names, lock the rule, run,
    and keep one page with its record.

    Args:
        model: a Model, or whatever ``mikit.load`` opens: a name, a folder, a .gguf file.
        claim: the sentence to begin with.
        wordings, names: templates with {IO} and {S}, and name lists, to begin with.
        n: prompts in each wording with each name list.
        rule: the rule to begin with.
        title: the view's heading.

    Raises:
        UnknownModel, ModelNotHere, WeightsBroken ...: what ``mikit.load`` raises.
        TypeError: a keyword that does not exist.
    """

    kind: ClassVar[str] = "claim"
    lanes: ClassVar[dict[str, type[Study]]] = {"claim": CheckClaim, "dose": Dose}
    inputs: ClassVar[tuple[str, ...]] = ("locked_at", "started")

    draft = traitlets.Dict().tag(sync=True)
    offered = traitlets.Dict().tag(sync=True)
    locked_at = traitlets.Unicode().tag(sync=True)
    earlier = traitlets.List(traitlets.Dict()).tag(sync=True)
    started = traitlets.Bool(False).tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    cells = traitlets.List(traitlets.Dict()).tag(sync=True)
    outcome = traitlets.Dict().tag(sync=True)
    dose = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        model: Model | str | Path,
        *,
        claim: str = CLAIM,
        wordings: Sequence[str] = OFFERED[:2],
        names: Sequence[NameList] = LISTS,
        n: int = 32,
        rule: Rule | None = None,
        title: str = "Check a claim",
        **unknown: object,
    ) -> None:
        refuse_unknown(type(self), unknown)
        rule = rule or Rule()
        self._study: CheckClaim | None = None
        super().__init__(
            model if isinstance(model, Model) else load(model),
            title=title,
            shows="In how many prompts the model puts the right name first, wording by wording, against a rule that was"
            " locked before.",
            hides="Other wordings, names, tasks or models; and why the model answers so.",
            draft={
                "claim": claim,
                "access": "weights",
                "wordings": list(wordings),
                "names": [_list_wire(one) for one in names],
                "n": n,
                "measure": rule.measure,
                "at_least": rule.at_least,
            },
            offered={"wordings": list(OFFERED), "names": [_list_wire(one) for one in LISTS], "sizes": list(SIZES)},
        )
        self._first["draft"] = self.draft
        self.on_msg(self._hear_buttons)
        self._begin()

    # -- what a person does -------------------------------------------------------------------------------------------

    def lock(self) -> None:
        """Fix the draft as it is, with the time. From here on it cannot be changed, only begun anew.

        Raises MikitError for a draft that could not run.
        """
        if self.locked_at:
            return
        study = self._drafted(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        if study.access == "weights":
            study.inputs(self._studied)
            for one in study.names:
                token_ids_of(self._studied, one)
        self._study = study
        self.locked_at = study.locked_at
        self.status = self._lanes.status(self.ready())

    def start_over(self) -> None:
        """Open a new claim, with this one's words to begin from. What was locked before goes into its record."""
        if self._study is not None:
            verdict = self.outcome.get("verdict") or ("no verdict yet" if self.started else "not run")
            before = Earlier(
                locked_at=self.locked_at, claim=self._study.claim, rule=self._study.rule.says, verdict=verdict
            )
            self.earlier = [*self.earlier, before.model_dump()]
        self._study = None
        with self.hold_trait_notifications():
            self.started, self.locked_at, self.problem = False, "", ""
        self.status = self._lanes.status(self.ready())

    def run(self) -> Self:
        self.lock()
        self.started = True
        return super().run()

    def _reset(self) -> None:
        if self.locked_at:
            self.start_over()
        self.draft = self._first["draft"]

    def _hear_buttons(self, _: object, message: dict[str, Any], buffers: object) -> None:
        action = message.get("do")
        if action == "lock" and not self.locked_at:
            self.draft = {**self.draft, **message["draft"]}
            self.problem = ""
            try:
                self.lock()
            except MikitError as error:
                self.problem = str(error)
        elif action == "over":
            self.start_over()

    @property
    def _studied(self) -> Model:
        assert self._model is not None
        return self._model

    def _drafted(self, locked_at: str) -> CheckClaim:
        """Raises MikitError."""
        draft = self.draft
        try:
            return CheckClaim(
                model=self._studied.ref,
                claim=draft["claim"],
                access=draft["access"],
                wordings=tuple(wording.strip() for wording in draft["wordings"]),
                names=tuple(_named(one) for one in draft["names"]),
                n=draft["n"],
                rule=Rule(measure=draft["measure"], at_least=draft["at_least"]),
                locked_at=locked_at,
                earlier=tuple(Earlier.model_validate(one) for one in self.earlier),
            )
        except ValidationError as error:
            found = error.errors()[0]
            raise MikitError(f"{'.'.join(map(str, found['loc']))}: {found['msg']}.") from error

    # -- asking -------------------------------------------------------------------------------------------------------

    def ask(self, lane: str) -> Study | None:
        study = self._study
        if study is None or not self.started:
            return None
        if lane == "claim":
            return study
        return None if study.access != "weights" else self._dose_of(study)

    def _dose_of(self, study: CheckClaim) -> Dose | None:
        """The first pair whose two prompts are as long as each other: the word that was changed, halfway up."""
        for cell in study.cells():
            for (io, s), clean, corrupt in zip(cell.couples, cell.prompts, cell.changed, strict=True):
                pair = PromptPair(clean=clean, corrupt=corrupt, answer=f" {io}", foil=f" {s}")
                try:
                    at = pair.read(self._studied).first
                except MikitError:
                    continue
                return Dose(model=study.model, pair=pair, layer=self._studied.spec.layers // 2, position=at)
        return None

    # -- showing ------------------------------------------------------------------------------------------------------

    def show(self, lane: str, result: Result) -> None:
        {"claim": self._show_claim, "dose": self._show_dose}[lane](result)

    def _show_claim(self, result: Result) -> None:
        study, texts = result.study, result.texts
        assert isinstance(study, CheckClaim)
        self.cells = _cells(study, result) if result.grids else []
        keys = ("verdict", "told", "average")
        lists = {"not shown": "not_shown", "stamps": "stamps", "cannot test": "cannot", "needed": "needed"}
        self.outcome = {
            **{key: " ".join(texts.get(key, ())) for key in keys},
            **{name: list(texts.get(key, ())) for key, name in lists.items()},
            "rule": study.rule.says,
        }

    def _show_dose(self, result: Result) -> None:
        study = result.study
        assert isinstance(study, Dose)
        others = result.controls[0].grids["metric"]
        chances = result.grids["probability"]
        self.dose = {
            "site": f"layer {study.layer}, word '{result.texts['site'][0].split(':')[-1].strip()}'",
            "others": list(others.axes["site"]),
            "curves": encode(np.vstack([result.grids["metric"].values.numpy(), others.values.numpy()])),
            "tokens": list(chances.axes["token"]),
            "chances": encode(chances.values.numpy()),
            **study.pair.model_dump(include={"clean", "corrupt", "answer", "foil"}),
        }

    def clear(self, lane: str) -> None:
        if lane == "claim":
            self.cells, self.outcome = [], {}
        else:
            self.dose = {}

    def ready(self) -> str:
        if not self.locked_at:
            return "not locked yet"
        return "measured" if self.started else "locked: nothing has run yet"

    def picture(self) -> str:
        if not self.outcome:
            return ""
        lines = [f"{self.draft['claim']} Rule: {self.outcome['rule']}; locked {self.locked_at}."]
        lines += [_in_words(cell) for cell in self.cells]
        lines += [self.outcome[key] for key in ("verdict", "told", "average") if self.outcome[key]]
        lines += [*self.outcome["cannot"], *self.outcome["needed"]]
        lines += [f"Does not show: {line}" for line in self.outcome["not_shown"]]
        return "".join(f"<p>{html.escape(line)}</p>" for line in lines)


def token_ids_of(model: Model, one: NameList) -> None:
    """Raises NotOneToken for the first name of a list that is not one token."""
    for name in one.names:
        token_ids(model, f" {name}", f" {name}")


def _list_wire(one: NameList) -> dict[str, str]:
    return {"name": one.name, "names": ", ".join(one.names)}


def _named(wire: dict[str, str]) -> NameList:
    names = tuple(name.strip() for name in wire["names"].split(",") if name.strip())
    return NameList(name=wire["name"].strip() or "a list without a name", names=names)


def _cells(study: CheckClaim, result: Result) -> list[dict[str, Any]]:
    """One entry a cell, as the browser draws it."""
    right, difference = result.grids["right"], result.grids["logit difference"]
    told, codes = result.grids["told"].values.numpy(), result.grids["verdict"].values.numpy()
    controls = {control.name: control.grids for control in result.controls}
    found = []
    for i, wording in enumerate(study.wordings):
        for j, one in enumerate(study.names):
            at = (i, j)
            found.append(
                {
                    "wording": wording,
                    "names": one.name,
                    "n": int(result.grids["n"].values.numpy()[at]),
                    "verdict": in_words(DECODED[int(codes[at])], study.n) if result.done == 1 else "",
                    "right": [_number(array.numpy()[at]) for array in (right.values, right.low, right.high) if array],
                    "difference": [
                        _number(array.numpy()[at])
                        for array in (difference.values, difference.low, difference.high)
                        if array
                    ],
                    "changed": [
                        _number(controls["changed prompts"][name].values.numpy()[at])
                        for name in ("right", "logit difference")
                    ],
                    "shuffled": [
                        _number(controls["shuffled answers"][name].values.numpy()[at])
                        for name in ("right", "logit difference")
                    ],
                    "told": [_number(value) for value in told[at]],
                }
            )
    return found


def _number(value: float) -> float | None:
    """JSON has no NaN."""
    return float(value) if np.isfinite(value) else None


def _in_words(cell: dict[str, Any]) -> str:
    share, low, high = (0.0 if x is None else x for x in cell["right"])
    return (
        f"{cell['wording']} | {cell['names']}: {share * cell['n']:.0f} of {cell['n']} right, {percent(share)}"
        f" [{percent(low)}, {percent(high)}]. {cell['verdict']}"
    )
