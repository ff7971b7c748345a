import { type Application, readTables } from './application.js';

const root = 'zp_projects';

const tables = readTables(`
  shared zp_clients: id, name?, street?, city?, country?, published? int
  shared zp_user: id, username, password?, firstname?, lastname?, role, clientId? ~> zp_clients, notifications? int, settings? long, createdOn? time | unique username
  shared zp_settings: key, value? long | key key
  shared zp_roles: id, name, displayName?, level int | unique name
  shared zp_permissions: id, permissionKey, domain, action | unique permissionKey
  shared zp_role_permissions: id, roleId ~> zp_roles, permissionId ~> zp_permissions | unique roleId+permissionId
  shared zp_plugins: id, name?, enabled? bool, version?
  shared zp_calendar: id, userId? ~> zp_user, dateFrom? time, dateTo? time, description? long, kind?
  shared zp_gcallinks: id, userId? ~> zp_user, url? long, name?
  shared zp_note: id, userId? ~> zp_user, title?, description? long
  shared zp_punch_clock: id, userId ~> zp_user, minutes? int, punchIn? int
  shared zp_integration: id, providerId?, method?, entity?, fields? long, schedule?
  shared zp_access_tokens: id, tokenable_type, tokenable_id ~> zp_user, name, token, abilities? long | unique token
  shared zp_jobs: id, queue, payload long, attempts int
  shared zp_work_structures: id, title, description? long, type, meta? long | unique title
  shared zp_work_structure_elements: id, structure_id ~> zp_work_structures, type_key, label, sort_order int | unique structure_id+type_key
  shared zp_notifications: id, userId ~> zp_user, read? int, type?, module?, moduleId? int, message? long
  shared zp_read: id, module?, moduleId? int, userId? ~> zp_user
  zp_projects: id, name?, clientId? ~> zp_clients, details? long, state? int, hourBudget?, parent? int, type?, start? time, created? time, menuType? long
  zp_relationuserproject: id, projectId? ~> zp_projects, userId? ~> zp_user, wage? int, projectRole?
  zp_sprints: id, projectId? ~> zp_projects, name?, startDate? time, endDate? time
  zp_canvas: id, projectId? ~> zp_projects, author? ~> zp_user, title?, type?, description? long
  zp_canvas_items: id, canvasId? ~> zp_canvas, author? ~> zp_user, parent? ~> zp_canvas_items, title?, description? long, data? long, box?, startValue? decimal, currentValue? decimal, startDate? time
  zp_goal_history: id, itemId ~> zp_canvas_items, userId? ~> zp_user, value? double, dateRecorded? time
  zp_tickets: id, projectId? ~> zp_projects, userId? ~> zp_user, sprint? ~> zp_sprints, dependingTicketId? ~> zp_tickets, milestoneid? ~> zp_tickets, ideaid? ~> zp_canvas_items, editorId?, headline?, description? long, status? int, priority?, planHours? double, storypoints? double, dateToFinish? time, type?, tags?
  zp_tickethistory: id, ticketId? ~> zp_tickets, userId? ~> zp_user, changeType?, changeValue?, dateModified? time
  zp_timesheets: id, ticketId? ~> zp_tickets, userId? ~> zp_user, workDate? time, hours? double, kind?, description? long, invoicedEmpl? int | unique userId+ticketId+workDate+kind
  zp_stats: projectId? ~> zp_projects, sprintId? ~> zp_sprints, date? time, sum_todos? int, sum_open_todos? int, sum_logged_hours? double
  zp_audit: id, projectId? ~> zp_projects, userId? ~> zp_user, action?, entity?, entityId? int, values? long, date? time
  zp_queue: msghash, projectId ~> zp_projects, userId ~> zp_user, channel?, subject?, message long, thedate time | key msghash
  zp_comment: id, moduleId? ~> module{ticket=zp_tickets project=zp_projects idea=zp_canvas_items goalcanvasitem=zp_canvas_items article=zp_canvas_items}, module?, userId? ~> zp_user, commentParent? ~> zp_comment, text? long, date? time, status?
  zp_file: id, moduleId? ~> module{ticket=zp_tickets project=zp_projects}, module?, userId? ~> zp_user, extension?, encName?, realName?, date? time
  zp_reactions: id, moduleId? ~> module{comment=zp_comment}, module?, userId? ~> zp_user, reaction?, date? time
  zp_recurring_patterns: id, entityId ~> module{tickets=zp_tickets}, module, type, trigger, interval int, weekDays? long, enabled bool
  zp_entity_relationship: id, entityA? ~> entityAType{GoalItem=zp_canvas_items Ticket=zp_tickets}, entityAType?, entityB? ~> entityBType{Ticket=zp_tickets User=zp_user}, entityBType?, relationship?, createdOn? time, meta? long
`);

/**
 * Leantime 3, by project: not one foreign key, columns that may all be null, (module, moduleId) pairs for comments, files
 * and the like, statistics without a key. Its tables begin with zp_, so that zp_projects is projectId elsewhere.
 */
export const leantime: Application = {
  name: 'Leantime',
  root,
  projectsFile: `
databases:
  default:
    root: zp_projects
    references: { '*.projectId': zp_projects, '*.ticketId': zp_tickets, zp_canvas_items.canvasId: zp_canvas, zp_goal_history.itemId: zp_canvas_items }
    polymorphic:
      - { table: zp_comment, type: module, id: moduleId, tables: { ticket: zp_tickets, project: zp_projects, idea: zp_canvas_items, goalcanvasitem: zp_canvas_items, article: zp_canvas_items } }
      - { table: zp_file, type: module, id: moduleId, tables: { ticket: zp_tickets, project: zp_projects } }
      - { table: zp_reactions, type: module, id: moduleId, tables: { comment: zp_comment } }
      - { table: zp_recurring_patterns, type: module, id: entityId, tables: { tickets: zp_tickets } }
      - { table: zp_entity_relationship, type: entityAType, id: entityA, tables: { GoalItem: zp_canvas_items, Ticket: zp_tickets } }
`,
  rename: { 'zp_queue.msghash': { suffix: '2' } },
  onlyDeclared: tables.filter(({ ofTenant, name }) => ofTenant && name !== root).map(({ name }) => name),
  doubted: tables
    .filter(({ columns }) => columns.some(({ name }) => name === 'projectId'))
    .map(({ name }) => name),
  tables,
};
