"""Links to kernels that run behind a gateway, over one WebSocket each."""
