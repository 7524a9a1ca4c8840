"""What this room adds to the registries of lower ones, by kind; each module has `register()`."""
