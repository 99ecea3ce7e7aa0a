"""The forms that go to other programs."""
