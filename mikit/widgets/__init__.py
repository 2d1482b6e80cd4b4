"""The Python half of each view, one file a view; the other half is TypeScript, built into ``static/``."""
