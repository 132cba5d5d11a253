"""Incidents: restoring service (ISO/IEC 20000-1 8.6.1)."""
