# proto: unit tests
