"""The pages of jobs: the list, one job, its results, the wizard, and what buttons do."""
