"""How an operation on the extension goes: what is seen, what was recorded, what it comes to."""
