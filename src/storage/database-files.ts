/** What SQLite lays beside a database; it belongs to that file alone and goes wherever the file goes. */
export const besideDatabase = ['-wal', '-shm', '-journal'] as const

/** A database and what lies beside it, the database first: a new one in its place must not find the old one's journal. */
export const databaseFiles = (path: string): string[] => [path, ...besideDatabase.map((end) => path + end)]
