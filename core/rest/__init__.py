"""What every REST door is built from: its shape of input and output, pages, versions. Rules live in the actions."""
