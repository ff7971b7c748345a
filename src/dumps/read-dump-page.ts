import type { DumpPage } from '../catalog/dump-records.service.js';
import type { PageRequest } from '../common/http/page.dto.js';
import { badInput } from '../common/http/validation.js';

export const dumpLists = {
  sort: ['created_at', 'updated_at', 'dump_id', 'path'],
  filter: ['public', 'database'],
} as const;

type Sort = (typeof dumpLists.sort)[number];
type Filter = (typeof dumpLists.filter)[number];

const columns = { created_at: 'createdAt', updated_at: 'updatedAt', dump_id: 'id', path: 'path' } as const;

/** Public ones, unless told otherwise. Throws DomainError `bad-input`. */
export function readDumpPage({ offset, limit, sort, descending, filter }: PageRequest<Sort, Filter>): {
  filter: { isPublic: boolean; database?: string | undefined };
  page: DumpPage;
} {
  const { public: isPublic = 'true', database } = filter;
  if (!['true', 'false'].includes(isPublic)) {
    const field = 'filter[public]';
    throw badInput([{ field, message: `${field} must be true or false` }]);
  }
  const page = { offset, limit, sort: columns[sort], descending };
  return { filter: { isPublic: isPublic === 'true', database }, page };
}
