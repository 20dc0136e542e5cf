"""What a release is, and the shapes it is published in."""
