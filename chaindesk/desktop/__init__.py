"""The window over the engine: the only room that imports PySide6, qasync and pyqtgraph."""
