import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';

/** Ends every session of others that works with the schema or with one beside it. How many there were. */
export async function killSessions(
  connection: Connection,
  schema: string,
  spare: readonly number[] = [],
): Promise<number> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT id FROM information_schema.processlist WHERE db LIKE ? AND id <> CONNECTION_ID()',
    [`${schema}%`],
  );
  const doomed = rows.map(({ id }) => Number(id)).filter((id) => !spare.includes(id));
  for (const id of doomed) {
    // One that has ended meanwhile is as good as killed.
    await connection.query(`KILL ${id}`).catch(() => undefined);
  }
  return doomed.length;
}

/** As `killSessions`, for who has the schema's address only. */
export async function killSessionsOf(url: string, spare: readonly number[] = []): Promise<number> {
  const address = new URL(url);
  const connection = await createConnection({
    host: address.hostname,
    port: Number(address.port),
    user: decodeURIComponent(address.username),
    password: decodeURIComponent(address.password),
  });
  try {
    return await killSessions(connection, address.pathname.slice(1), spare);
  } finally {
    await connection.end();
  }
}
