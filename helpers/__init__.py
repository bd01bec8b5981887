"""Small modules, one job each, shared by the notebooks."""
