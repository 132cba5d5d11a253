"""Settings: every page that edits what clocks, permissions or policy read, from one table of sections."""
