"""The controls of which the forms of chain, steps and providers are made."""
