# models: unit tests
