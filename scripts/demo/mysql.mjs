import { createConnection } from 'mysql2/promise';

/** The demo's own way into the MySQL or MariaDB database, past the service. */
export async function openMysql({ host, port, user, password, database }) {
  const connection = await createConnection({
    ...{ host, port, user, password, database },
    charset: 'utf8mb4',
    dateStrings: true,
    rowsAsArray: true,
  });
  return {
    rows: async (sql, values = []) => (await connection.query(sql, values))[0],
    run: async (sql) => (await connection.query(sql))[0].affectedRows,
    close: () => connection.end(),
  };
}
