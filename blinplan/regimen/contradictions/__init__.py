"""What is wrong with a regimen file that its schema cannot say: keys that contradict each other."""
