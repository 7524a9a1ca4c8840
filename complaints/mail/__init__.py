"""Letters as they come in by e-mail: bytes in, plain values out."""
