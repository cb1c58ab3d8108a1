"""Theme, icons, dialogs and buttons that all widgets share."""
