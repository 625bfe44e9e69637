"""arcdeck: machine learning on Azure Arc-enabled Kubernetes, in a terminal."""

__version__ = "0.1.0"
