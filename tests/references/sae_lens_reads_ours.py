"""What SAELens makes of the dictionaries that mikit writes (ours.py)."""

from __future__ import annotations

from common import FIXTURES, activations, keep
from sae_lens import SAE

for folder in sorted((FIXTURES / "ours").iterdir()):
    read = SAE.load_from_disk(folder)
    x = activations()
    keep(folder, x, read.encode(x), read(x))
