"""Environment: another interpreter, or one made from config.yaml."""
