"""The REST door to tickets: one set of resources for every process of the wiring."""
