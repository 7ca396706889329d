"""One module a report's question: its settings, its run and its tables."""
