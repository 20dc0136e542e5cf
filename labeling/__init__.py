"""What a span is, who proposes it, who corrects it."""
