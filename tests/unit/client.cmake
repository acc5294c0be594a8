# client: unit tests
