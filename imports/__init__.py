"""The way in for bulk data: history from other tools, by a mapping, all of it accounted for (docs/import.md)."""
