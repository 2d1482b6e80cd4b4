"""Write patching.json: the map, its approximation and one dose curve of the Mary and John pair."""

from pathlib import Path

import mikit
from mikit.studies.base import run_study

model = mikit.load("smollm2-135m")
pair = mikit.name_pair(model, "Mary", "John")
studies = [
    mikit.Attribution(model=model.ref, pairs=(pair,)),
    mikit.PatchSweep(model=model.ref, pairs=(pair,)),
    mikit.Dose(model=model.ref, pair=pair, layer=14, position="S2"),
]
mikit.Record.of([run_study(study, model) for study in studies], model).save(Path(__file__).parent / "patching.json")
