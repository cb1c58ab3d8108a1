"""The tests of ChainDesk."""
