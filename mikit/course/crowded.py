"""Whether other notebooks leave this one enough memory, where a server allows each person a fixed amount, as Binder
does."""

from __future__ import annotations

import os

import psutil

NEEDED = 1_600_000_000
"""Bytes that the largest lesson may take."""


def crowded() -> str:
    """What to do about other kernels that are still running, in a sentence; "" where there is room, or no limit."""
    limit = os.environ.get("MEM_LIMIT", "")  # JupyterHub sets it, in bytes
    held = [_bytes(process) for process in psutil.process_iter() if _is_another_kernel(process)]
    if not limit.isdecimal() or not held or int(limit) - sum(held) >= NEEDED:
        return ""
    others = "Another notebook is" if len(held) == 1 else f"{len(held)} other notebooks are"
    return (
        f"{others} still running, taking {sum(held) / 1e9:.1f} of the {int(limit) / 1e9:.1f} GB that this place gives"
        " you. With too little left, a kernel dies. Close what you are done with: in its tab, Kernel, then Shut Down"
        " Kernel. Your progress stays."
    )


def _is_another_kernel(process: psutil.Process) -> bool:
    try:
        return process.pid != os.getpid() and "ipykernel_launcher" in process.cmdline()
    except psutil.Error:  # it ended, or is another person's
        return False


def _bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
