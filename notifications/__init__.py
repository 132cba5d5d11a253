"""Mail to people: reads the journal, writes what is owed to whom, and sends it once."""
