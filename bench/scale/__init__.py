"""What ten thousand tenants cost: the whole bot against a stand-in world that is cheap enough to share the machine."""
