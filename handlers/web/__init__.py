"""The pages of the web room. They work without JavaScript; JavaScript makes them live."""
