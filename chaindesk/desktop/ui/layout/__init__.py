"""How widgets stand and how wide they are: flowing lines, texts that give way, room for words."""
