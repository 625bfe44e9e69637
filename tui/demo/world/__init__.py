"""The world behind the simulated cloud: what is in the cluster and in ARM, and what becomes of it as time goes on."""
