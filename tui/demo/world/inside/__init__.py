"""What is inside the containers of the world: files, a shell, a few programs, ports that answer."""
