import pg from 'pg';

/**
 * Ends every session of others that works with the database at this address or with one beside it, and those of Holdfast
 * with the server as a whole.
 */
export async function killSessionsOf(url: string, spare: readonly number[] = []): Promise<void> {
  const address = new URL(url);
  const name = address.pathname.slice(1);
  address.pathname = '/template1';
  const client = new pg.Client({ connectionString: address.href });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND pid <> ALL ($2::int[])
         AND (starts_with(datname, $1) OR (datname = 'postgres' AND application_name = 'holdfast'))`,
      [name, spare],
    );
  } finally {
    await client.end();
  }
}
