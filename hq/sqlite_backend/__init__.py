"""Django's SQLite backend over pysqlite3's SQLite, which is free of the WAL-reset bug."""
