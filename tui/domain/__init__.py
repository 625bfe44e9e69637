"""What the things mean: pods, nodes, types, jobs, the extension. Pure knowledge; no I/O, no screen, no clock."""
