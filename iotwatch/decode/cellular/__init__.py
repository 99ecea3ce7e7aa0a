"""What a mobile network says of its subscribers, and who is asked where cells are."""
