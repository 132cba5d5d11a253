"""Reports on services (9.4): what is counted, frozen when it is issued, and amended in the open, never edited."""
