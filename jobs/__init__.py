"""Long work of one caller: started, watched, cancelled, and taken up again when its worker dies."""
