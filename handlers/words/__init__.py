"""How commands read what people typed, and how they answer; shared by the files of `commands`."""
