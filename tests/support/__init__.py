"""What tests stand on: environment, database, mail sink, browser, jobs."""
