import type { MysqlAddress } from './address.js';
import { withConnection } from './connection.js';
import { listUnseen } from './privileges.js';
import { schemaFingerprint } from './schema-fingerprint.js';
import {
  findBrokenViews,
  listFloats,
  listGenerated,
  listObjects,
  type SchemaObjects,
} from './schema-objects.js';
import type { ServerInfo } from './server.js';

/** What a dump must know of a schema; read before it and, for comparison, after it. */
export interface SchemaState {
  objects: SchemaObjects;
  brokenViews: string[];
  floats: string[];
  generated: string[];
  /** Sentences: what the account may not see. */
  unseen: string[];
  fingerprint: string;
}

export async function readState(address: MysqlAddress, server: ServerInfo): Promise<SchemaState> {
  return withConnection(address, async (connection) => {
    // First, so that what comes or goes before the objects are listed differs at the end.
    const fingerprint = await schemaFingerprint(connection, address.database);
    const objects = await listObjects(connection, address.database);
    const brokenViews = await findBrokenViews(connection, address.database, objects.views);
    return {
      objects: { ...objects, views: objects.views.filter((view) => !brokenViews.includes(view)) },
      brokenViews,
      floats: await listFloats(connection, address.database),
      generated: await listGenerated(connection, address.database),
      unseen: await listUnseen(connection, address.database, server),
      fingerprint,
    };
  });
}
