"""One function for each thing a person does; shared by the command line and the window."""
