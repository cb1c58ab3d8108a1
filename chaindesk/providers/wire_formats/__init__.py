"""How each kind of provider is asked and answers: pure functions from requests to bodies and back."""
