"""Pages, kernels and servers for others' tests are tested like everything else."""
