"""Reading and changing a forward pass."""
