"""Service levels: agreements, their targets, and the clocks that run on tickets (ISO/IEC 20000-1 8.3.3)."""
