"""The tests of Suki; `make test` runs them all, CONTRIBUTING.md says how they are organised."""
