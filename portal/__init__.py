"""The business: what Suki knows and decides. Only portal/web/ knows Flask."""
