"""The same scripts against jupyter_server alone and behind the broker: who gets less, or else."""
