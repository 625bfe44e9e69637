"""The simulated Azure Resource Manager: loopback HTTPS, resources in memory, two eras of the extension's body."""
