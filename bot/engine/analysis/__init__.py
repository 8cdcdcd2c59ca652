"""What a model may help with. It is asked, checked, and never acts."""
