"""arcdeck: machine learning on Azure Arc-enabled Kubernetes, in a terminal."""
