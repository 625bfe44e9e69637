"""Plans: what is sent to Azure for an install, an update, a delete, and what it is made of."""
