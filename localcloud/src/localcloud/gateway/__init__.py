"""The one way in: every AWS call, from outside or from an engine of ours, passes here."""
