"""Pure mechanism. Knows no kind of object, does no I/O, imports nothing of ours but itself."""
