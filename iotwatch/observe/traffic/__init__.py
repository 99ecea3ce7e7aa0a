"""What passed a network: flows, contacts, names, direction, scope."""
