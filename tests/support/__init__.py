"""What tests share: a class or function for each thing that they need, imported by its name."""
