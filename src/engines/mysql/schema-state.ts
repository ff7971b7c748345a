import type { MysqlAddress } from './address.js';
import { withConnection } from './connection.js';
import {
  findBrokenViews,
  listFloats,
  listGenerated,
  listObjects,
  schemaFingerprint,
  type SchemaObjects,
} from './schema-objects.js';

/** What a dump must know of a schema; read before it and, for comparison, after it. */
export interface SchemaState {
  objects: SchemaObjects;
  brokenViews: string[];
  floats: string[];
  generated: string[];
  fingerprint: string;
}

export async function readState(address: MysqlAddress): Promise<SchemaState> {
  return withConnection(address, async (connection) => {
    const objects = await listObjects(connection, address.database);
    const brokenViews = await findBrokenViews(connection, address.database, objects.views);
    return {
      objects: { ...objects, views: objects.views.filter((view) => !brokenViews.includes(view)) },
      brokenViews,
      floats: await listFloats(connection, address.database),
      generated: await listGenerated(connection, address.database),
      fingerprint: await schemaFingerprint(connection, address.database),
    };
  });
}
