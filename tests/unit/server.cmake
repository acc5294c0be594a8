# server: unit tests
