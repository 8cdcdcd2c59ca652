"""What an incident is and may become: pure values and tables, no I/O, no clock, no framework."""
