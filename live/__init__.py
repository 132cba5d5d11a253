"""Live changes for open pages: a reader of the journal that may lose everything and nobody is worse off."""
