"""What servers say of failures: error bodies of every shape, their words, and the kind of failure behind them."""
