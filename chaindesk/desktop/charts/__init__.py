"""Charts drawn by QPainter from plain values: on the screen, as a picture, and as SVG."""
