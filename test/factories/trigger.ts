import type { Target } from './target.js';

/**
 * A trigger on rows whose body is one statement. On PostgreSQL it also fires in sessions that enforce no foreign keys: the
 * others never fire in a restore.
 */
export function triggerSql(
  kind: Target['kind'],
  { name, event, table, body }: { name: string; event: string; table: string; body: string },
): string {
  if (kind === 'mysql') return `CREATE TRIGGER ${name} ${event} ON ${table} FOR EACH ROW ${body}`;
  if (kind === 'sqlite') return `CREATE TRIGGER ${name} ${event} ON ${table} BEGIN ${body}; END`;
  return `CREATE OR REPLACE FUNCTION trigger_body() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN ${body}; RETURN COALESCE(NEW, OLD); END$$;
    CREATE TRIGGER ${name} ${event} ON ${table} FOR EACH ROW EXECUTE FUNCTION trigger_body();
    ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${name}`;
}
