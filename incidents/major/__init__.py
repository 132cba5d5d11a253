"""Major incidents (decision 13): one coordinated answer to a disturbance that many feel (ISO/IEC 20000-1 8.6.1)."""
