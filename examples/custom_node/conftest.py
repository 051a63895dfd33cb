"""Its place lets the tests find the package without installing it; the fixtures come from Dragoman."""
