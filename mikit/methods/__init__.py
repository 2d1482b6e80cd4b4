"""Plain functions on arrays: what a number is, apart from where it came from."""
