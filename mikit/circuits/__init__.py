"""Circuits: which edges between parts a behaviour runs along, and how such a claim is put to the test."""
