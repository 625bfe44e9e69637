"""What goes on the wire to the terminal: how much, how often, in which colours."""
