import type { Audience } from './role-table.js';
import type { Target } from './role-world.js';

export interface RouteRow {
  /** Method and path, as the application registers them. */
  route: string;
  audience: Audience;
  /** What an allowed call answers; 200 if left out. */
  status?: number | string;
  /** It is the same method as another row's, under a second path: one caller of each kind is enough. */
  secondPath?: true;
  /** Makes what the caller's call is about, so that an allowed one succeeds, however often it is made. */
  target?: Target;
}

const documentation = [
  '/openapi.json',
  '/docs',
  '/docs/',
  '/docs-yaml',
  '/docs/index.html',
  '/docs/swagger-ui-init.js',
  '/docs/docs/swagger-ui-init.js',
];

const open: RouteRow[] = [
  ...documentation.map((path): RouteRow => ({ route: `GET ${path}`, audience: 'everybody' })),
  { route: 'GET /health/live', audience: 'everybody' },
  { route: 'GET /health/ready', audience: 'everybody' },
  { route: 'GET /health/details', audience: 'admin' },
  { route: 'GET /metrics', audience: 'admin' },
  {
    route: 'POST /api/v1/auth/login',
    audience: 'everybody',
    target: ({ people }) => ({ body: { email: people.spare.email, password: people.spare.password } }),
  },
];

const whoIsCalling: RouteRow[] = [
  { route: 'GET /api/v1/auth/me', audience: 'any user' },
  {
    route: 'POST /api/v1/auth/password',
    audience: 'any user',
    target: (_world, { password }) => ({ body: { current_password: password, new_password: password } }),
  },
  {
    route: 'POST /api/v1/auth/tokens',
    audience: 'any user',
    status: 201,
    target: () => ({ body: { name: 'nightly' } }),
  },
  { route: 'GET /api/v1/auth/tokens', audience: 'any user' },
  {
    route: 'DELETE /api/v1/auth/tokens/:id',
    audience: 'any user',
    target: async (world, caller) => ({ params: { id: await world.apiTokenOf(caller) } }),
  },
  { route: 'GET /api/v1/projects', audience: 'any user' },
  { route: 'GET /api/v1/projects/scope', audience: 'admin' },
  {
    route: 'POST /api/v1/projects/scope/accept',
    audience: 'admin',
    target: async (world) => ({ body: { digest: await world.scopeDigest() } }),
  },
];

const users: RouteRow[] = [
  {
    route: 'POST /api/v1/users',
    audience: 'superadmin',
    status: 201,
    target: (world) => ({ body: world.newUser() }),
  },
  { route: 'GET /api/v1/users', audience: 'superadmin' },
  {
    route: 'GET /api/v1/users/:id',
    audience: 'superadmin',
    target: ({ people }) => ({ params: { id: people.spare.id } }),
  },
  {
    route: 'PATCH /api/v1/users/:id',
    audience: 'superadmin',
    target: ({ people }) => ({ params: { id: people.spare.id }, body: { role: 'user' } }),
  },
  {
    route: 'DELETE /api/v1/users/:id',
    audience: 'superadmin',
    target: async (world) => ({ params: { id: await world.createdUser() } }),
  },
];

const audit: RouteRow[] = [
  { route: 'GET /api/v1/audit', audience: 'superadmin' },
  { route: 'GET /api/v1/audit/verify', audience: 'superadmin' },
];

const members: RouteRow[] = [
  { route: 'GET /api/v1/projects/:id/members', audience: 'project admin', target: () => inProject() },
  {
    route: 'PUT /api/v1/projects/:id/members',
    audience: 'project admin',
    target: ({ people }) => ({ ...inProject(), body: { user_id: people.spare.id, role: 'member' } }),
  },
  {
    route: 'PUT /api/v1/projects/:id/members/:userId',
    audience: 'project admin',
    target: ({ people }) => ({ ...inProject({ userId: people.spare.id }), body: { role: 'member' } }),
  },
  {
    route: 'DELETE /api/v1/projects/:id/members/:userId',
    audience: 'project admin',
    target: async (world) => inProject({ userId: await world.memberToRemove() }),
  },
];

const fullBackups: RouteRow[] = [
  { route: 'POST /api/v1/backup', audience: 'any user' },
  { route: 'GET /api/v1/backup', audience: 'any user' },
  { route: 'GET /api/v1/backup/status', audience: 'any user' },
  { route: 'POST /api/v1/backup/cleanup', audience: 'admin' },
  {
    route: 'GET /api/v1/backup/:filename/download',
    audience: 'admin',
    target: async (world) => ({ params: { filename: await world.fullBackup() } }),
  },
  {
    route: 'POST /api/v1/backup/restore',
    audience: 'superadmin',
    target: async (world) => ({ body: { filename: await world.fullBackup() } }),
  },
  {
    route: 'POST /api/v1/backup/:filename/restore',
    audience: 'superadmin',
    target: async (world) => ({ params: { filename: await world.fullBackup() } }),
  },
  {
    route: 'POST /api/v1/backup/:filename/verify',
    audience: 'admin',
    target: async (world) => ({ params: { filename: await world.fullBackup() } }),
  },
  ...(['PUT', 'DELETE'] as const).map((method): RouteRow => ({
    route: `${method} /api/v1/backup/:filename/pin`,
    audience: 'admin',
    target: async (world) => ({ params: { filename: await world.fullBackup() } }),
  })),
  { route: 'POST /api/backup/create', audience: 'admin', status: 201 },
  { route: 'GET /api/backup/list', audience: 'admin' },
  {
    route: 'GET /api/backup/download/:backupId',
    audience: 'admin',
    target: async (world) => ({ params: { backupId: await world.idleBackup() } }),
  },
  {
    route: 'DELETE /api/backup/:backupId',
    audience: 'admin',
    target: async (world) => ({ params: { backupId: await world.idleBackup() } }),
  },
  {
    route: 'DELETE /api/v1/backup/:filename',
    audience: 'superadmin',
    target: async (world) => ({ params: { filename: await world.fullBackup() } }),
  },
  { route: 'GET /api/v1/backup/undo', audience: 'superadmin' },
  {
    route: 'POST /api/v1/backup/undo/:id/restore',
    audience: 'superadmin',
    target: async (world) => ({ params: { id: await world.undo() } }),
  },
  {
    route: 'DELETE /api/v1/backup/undo/:id',
    audience: 'superadmin',
    target: async (world) => ({ params: { id: await world.undo() } }),
  },
];

const projectBackups: RouteRow[] = [
  { route: 'POST /api/v1/projects/:id/backup', audience: 'project admin', target: () => inProject() },
  { route: 'GET /api/v1/projects/:id/backup', audience: 'project member', target: () => inProject() },
  { route: 'GET /api/v1/projects/:id/backup/status', audience: 'project member', target: () => inProject() },
  {
    route: 'POST /api/v1/projects/:id/backup/preview',
    audience: 'project admin',
    target: async (world) => ({ ...inProject(), body: { filename: await world.projectBackup() } }),
  },
  {
    route: 'POST /api/v1/projects/:id/backup/restore',
    audience: 'project admin',
    target: async (world) => ({ ...inProject(), body: { filename: await world.projectBackup() } }),
  },
  {
    route: 'POST /api/v1/projects/:id/backup/upload',
    audience: 'project admin',
    status: 201,
    target: async (world) => ({ ...inProject(), body: await world.projectFile() }),
  },
  {
    route: 'POST /api/v1/projects/:id/backup/extract',
    audience: 'project admin',
    target: async (world) => ({ ...inProject(), body: { full_filename: await world.fullBackup() } }),
  },
  { route: 'GET /api/v1/projects/:id/backup/undo', audience: 'project admin', target: () => inProject() },
  {
    route: 'POST /api/v1/projects/:id/backup/undo/:undo/restore',
    audience: 'project admin',
    target: async (world) => inProject({ undo: await world.projectUndo() }),
  },
  { route: 'GET /api/v1/projects/:id/backup/copies', audience: 'project admin', target: () => inProject() },
  {
    route: 'GET /api/v1/projects/:id/backup/copies/:copy/map',
    audience: 'project admin',
    target: async (world) => inProject({ copy: await world.projectCopy() }),
  },
  ...(['GET archive', 'GET links', 'DELETE links'] as const).map((way): RouteRow => {
    const [method, name] = way.split(' ');
    return {
      route: `${method} /api/v1/projects/:id/backup/:filename/${name}`,
      audience: 'project admin',
      target: async (world) => inProject({ filename: await world.lastProjectBackup() }),
    };
  }),
  ...(['PUT', 'DELETE'] as const).map((method): RouteRow => ({
    route: `${method} /api/v1/projects/:id/backup/:filename/pin`,
    audience: 'project admin',
    target: async (world) => inProject({ filename: await world.lastProjectBackup() }),
  })),
  {
    route: 'GET /api/v1/projects/:id/backup/:filename/download',
    audience: 'project admin',
    target: async (world) => inProject({ filename: await world.projectBackup() }),
  },
  {
    route: 'POST /api/v1/projects/:id/backup/:filename/verify',
    audience: 'project admin',
    target: async (world) => inProject({ filename: await world.projectBackup() }),
  },
  {
    route: 'DELETE /api/v1/projects/:id/backup/:filename',
    audience: 'project admin',
    target: async (world) => inProject({ filename: await world.projectBackup() }),
  },
];

const jobs: RouteRow[] = [
  { route: 'GET /api/v1/maintenance', audience: 'any user' },
  {
    route: 'GET /api/jobs/:id',
    audience: 'who started it, and admin',
    target: async (world) => ({ params: { id: await world.jobOfProjectAdmin() } }),
  },
  {
    route: 'GET /api/jobs/:id/events',
    audience: 'who started it, and admin',
    target: async (world) => ({ params: { id: await world.endedJobOfProjectAdmin() } }),
  },
  {
    route: 'POST /api/jobs/:id/cancel',
    audience: 'who started it, and admin',
    status: '409 conflict',
    target: async (world) => ({ params: { id: await world.endedJobOfProjectAdmin() } }),
  },
];

const databases: RouteRow[] = [
  {
    route: 'POST /api/databases',
    audience: 'superadmin',
    status: 201,
    target: (world) => ({ body: world.newDatabase() }),
  },
  { route: 'GET /api/databases', audience: 'any user' },
  {
    route: 'POST /api/databases/discover',
    audience: 'superadmin',
    target: (world) => ({ body: { url: world.newDatabase().url } }),
  },
  {
    route: 'GET /api/databases/:db',
    audience: 'superadmin',
    target: async (world) => ({ params: { db: await world.database() } }),
  },
  {
    route: 'PATCH /api/databases/:db',
    audience: 'superadmin',
    target: async (world) => ({ params: { db: await world.database() }, body: { max_backups: 9 } }),
  },
  {
    route: 'DELETE /api/databases/:db',
    audience: 'superadmin',
    target: async (world) => ({ params: { db: await world.database() } }),
  },
  {
    route: 'POST /api/databases/:db/test',
    audience: 'superadmin',
    target: async (world) => ({ params: { db: await world.database() } }),
  },
  {
    route: 'POST /api/databases/:db/backups',
    audience: 'any user',
    status: 201,
    target: async (world) => ({ params: { db: await world.database() } }),
  },
  {
    route: 'GET /api/databases/:db/backups',
    audience: 'any user',
    target: () => ({ params: { db: 'default' } }),
  },
  {
    route: 'GET /api/databases/:db/backups/:id',
    audience: 'any user',
    target: async (world) => ({ params: { db: 'default', id: await world.scheduledBackup() } }),
  },
  {
    route: 'POST /api/databases/:db/backups/:id/restore',
    audience: 'superadmin',
    status: 201,
    target: async (world) => ({ params: { db: 'default', id: await world.idleBackup() } }),
  },
  {
    route: 'POST /api/databases/:db/backups/:id/verify',
    audience: 'admin',
    target: async (world) => ({ params: { db: 'default', id: await world.idleBackup() } }),
  },
  ...(['PUT', 'DELETE'] as const).map((method): RouteRow => ({
    route: `${method} /api/databases/:db/backups/:id/pin`,
    audience: 'admin',
    secondPath: true,
    target: async (world) => ({ params: { db: 'default', id: await world.idleBackup() } }),
  })),
  {
    route: 'GET /api/databases/:db/backups/:id/archive',
    audience: 'admin',
    target: async (world) => ({ params: { db: 'default', id: await world.scheduledBackup() } }),
  },
  {
    route: 'GET /api/databases/:db/backups/:id/links',
    audience: 'admin',
    target: async (world) => ({ params: { db: 'default', id: await world.scheduledBackup() } }),
  },
  {
    route: 'DELETE /api/databases/:db/backups/:id/links',
    audience: 'admin',
    target: async (world) => ({ params: { db: 'default', id: await world.scheduledBackup() } }),
  },
  {
    route: 'DELETE /api/databases/:db/backups/:id/links/:link',
    audience: 'admin',
    target: async (world) => ({ params: { db: 'default', ...(await world.downloadLink()) } }),
  },
  {
    route: 'GET /api/databases/:db/backups/:id/download',
    audience: 'everybody',
    target: async (world) => {
      const { id, token } = await world.downloadLink();
      return { params: { db: 'default', id }, query: { token } };
    },
  },
  {
    route: 'DELETE /api/databases/:db/backups/:id',
    audience: 'superadmin',
    target: async (world) => ({ params: { db: 'default', id: await world.idleBackup() } }),
  },
];

const schedules: RouteRow[] = [
  {
    route: 'POST /api/databases/:db/schedules',
    audience: 'admin',
    status: 201,
    target: () => ({ params: { db: 'default' }, body: { cron: '30 2 * * *' } }),
  },
  {
    route: 'GET /api/databases/:db/schedules',
    audience: 'admin',
    target: () => ({ params: { db: 'default' } }),
  },
  {
    route: 'GET /api/databases/:db/schedules/:id',
    audience: 'admin',
    target: async (world) => ({ params: { db: 'default', id: await world.schedule() } }),
  },
  {
    route: 'PATCH /api/databases/:db/schedules/:id',
    audience: 'admin',
    target: async (world) => ({
      params: { db: 'default', id: await world.schedule() },
      body: { enabled: false },
    }),
  },
  {
    route: 'DELETE /api/databases/:db/schedules/:id',
    audience: 'admin',
    target: async (world) => ({ params: { db: 'default', id: await world.schedule() } }),
  },
  {
    route: 'POST /api/databases/:db/schedules/:id/retention',
    audience: 'admin',
    target: async (world) => ({ params: { db: 'default', id: await world.schedule() }, body: {} }),
  },
];

const recoveryPoints: RouteRow[] = [
  { route: 'GET /api/databases/:db/recovery-point', audience: 'any user', target: () => inDatabase() },
  {
    route: 'PUT /api/databases/:db/recovery-point',
    audience: 'admin',
    target: () => ({ ...inDatabase(), body: { target_seconds: 86_400 } }),
  },
  { route: 'GET /api/databases/:db/recovery-points', audience: 'admin', target: () => inDatabase() },
  {
    route: 'GET /api/databases/:db/projects/:id/recovery-point',
    audience: 'project member',
    target: () => inDatabase({ id: 1 }),
  },
  {
    route: 'PUT /api/databases/:db/projects/:id/recovery-point',
    audience: 'project admin',
    target: () => ({ ...inDatabase({ id: 1 }), body: { target_seconds: null } }),
  },
];

const notifications: RouteRow[] = [
  {
    route: 'POST /api/databases/:db/notifications',
    audience: 'admin',
    status: 201,
    target: (world) => ({ ...inDatabase(), body: world.newNotification() }),
  },
  { route: 'GET /api/databases/:db/notifications', audience: 'admin', target: () => inDatabase() },
  {
    route: 'GET /api/databases/:db/notifications/:id',
    audience: 'admin',
    target: async (world) => inDatabase({ id: await world.notification() }),
  },
  {
    route: 'PATCH /api/databases/:db/notifications/:id',
    audience: 'admin',
    target: async (world) => ({ ...inDatabase({ id: await world.notification() }), body: { label: 'x' } }),
  },
  {
    route: 'DELETE /api/databases/:db/notifications/:id',
    audience: 'admin',
    target: async (world) => inDatabase({ id: await world.notification() }),
  },
  {
    route: 'POST /api/databases/:db/notifications/:id/test',
    audience: 'admin',
    target: async (world) => inDatabase({ id: await world.notification() }),
  },
];

const dumps: RouteRow[] = [
  { route: 'GET /api/admin/dump', audience: 'admin' },
  {
    route: 'POST /api/admin/dump',
    audience: 'admin',
    status: 201,
    target: (world) => ({ body: { path: world.fileToPublish(), public: true } }),
  },
  {
    route: 'GET /api/admin/dump/:id',
    audience: 'admin',
    target: async (world) => ({ params: { id: await world.dump() } }),
  },
  {
    route: 'PUT /api/admin/dump/:id',
    audience: 'admin',
    target: async (world) => ({ params: { id: await world.dump() }, body: { public: true } }),
  },
  {
    route: 'DELETE /api/admin/dump/:id',
    audience: 'admin',
    target: async (world) => ({ params: { id: await world.dump() } }),
  },
  {
    route: 'POST /api/admin/dump/build',
    audience: 'admin',
    status: 201,
    target: async (world) => {
      await world.scheduledBackup();
      return {
        body: { policy: { tables: { projects: { id: 'keep', name: { mask: 'hash', elsewhere: true } } } } },
      };
    },
  },
  {
    route: 'GET /api/admin/dump/policy/:database',
    audience: 'admin',
    target: () => ({ params: { database: 'default' } }),
  },
  {
    route: 'PUT /api/admin/dump/policy/:database',
    audience: 'admin',
    target: () => ({ params: { database: 'default' }, body: { tables: { projects: { id: 'keep' } } } }),
  },
  {
    route: 'GET /api/admin/dump/policy/:database/undecided',
    audience: 'admin',
    target: () => ({ params: { database: 'default' } }),
  },
  {
    route: 'GET /dump/:id',
    audience: 'everybody',
    target: async (world) => ({ params: { id: await world.dump() } }),
  },
  {
    route: 'GET /dump/latest',
    audience: 'everybody',
    target: async (world) => ({ params: { id: await world.dump() } }),
  },
  {
    route: 'GET /dump/latest/:database',
    audience: 'everybody',
    target: async (world) => ({ params: { id: await world.dump(), database: 'default' } }),
  },
];

function inDatabase(more: Record<string, string | number> = {}) {
  return { params: { db: 'default', ...more } };
}

function inProject(more: Record<string, string | number> = {}) {
  return { params: { id: 1, ...more } };
}

/** Any database has the routes that `default` has below `path`. */
function ofAnyDatabase(rows: readonly RouteRow[], path: string, anyPath: string): RouteRow[] {
  return rows
    .filter(({ route }) => route.includes(path))
    .map(({ target, ...row }) => ({
      ...row,
      secondPath: true,
      route: row.route.replace(path, `/api/databases/:db${anyPath}`),
      target: async (world, caller) => {
        const details = await target?.(world, caller);
        return { ...details, params: { ...details?.params, db: 'default' } };
      },
    }));
}

/** Registered by the library of the documentation page, to hide a file of its own. */
export const alwaysNotFound = ['GET /docs/LICENSE'];

/** Every other route of the service. */
export const routeTable: readonly RouteRow[] = [
  ...open,
  ...whoIsCalling,
  ...users,
  ...audit,
  ...members,
  ...fullBackups,
  ...projectBackups,
  ...jobs,
  ...databases,
  ...ofAnyDatabase([...whoIsCalling, ...members, ...projectBackups], '/api/v1/projects', '/projects'),
  ...ofAnyDatabase(fullBackups, '/api/v1/backup/undo', '/undo'),
  ...ofAnyDatabase(fullBackups, '/api/v1/backup/status', '/backups/status'),
  ...ofAnyDatabase(fullBackups, '/api/v1/backup/cleanup', '/backups/cleanup'),
  ...schedules,
  ...recoveryPoints,
  ...notifications,
  ...dumps,
];
