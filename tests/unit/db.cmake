# db: unit tests
