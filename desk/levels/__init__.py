"""The pages of who answers for service levels: where promises stand now, and the reports on a month."""
