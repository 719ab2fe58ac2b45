"""The register's screens. Everything Qt lives here; data comes from agent.service and nowhere else."""
