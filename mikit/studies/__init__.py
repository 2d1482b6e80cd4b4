"""Experiments as frozen data: what was asked, what came out, and how to ask again."""
