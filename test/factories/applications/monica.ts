import { type Application, readTables } from './application.js';

/**
 * Monica 5, by account: keys that are UUIDs, vaults below the account and contacts below the vaults, lists of the account
 * to which everything refers, and a dozen tables of pairs without any key. Nothing in the database says whose a user's
 * channels are, nor to what tokens and logs belong.
 */
export const monica: Application = {
  name: 'Monica',
  root: 'accounts',
  projectsFile: `
databases:
  default:
    root: accounts
    name: id
    references: { user_notification_channels.user_id: users }
    polymorphic:
      - { table: personal_access_tokens, type: tokenable_type, id: tokenable_id, tables: { 'App\\Models\\User': users } }
      - { table: logs, type: loggable_type, id: loggable_id, tables: { 'App\\Models\\AddressBookSubscription': addressbook_subscriptions } }
    exclude: { sessions: they end by themselves }
`,
  rename: { 'users.email': { prefix: 'copy-' }, 'personal_access_tokens.token': { suffix: '2' } },
  onlyDeclared: ['user_notification_channels', 'user_notification_sent', 'personal_access_tokens', 'logs'],
  doubted: ['sessions', 'user_notification_channels', 'user_notification_sent', 'logs'],
  tables: readTables(`
    shared currencies: id, code
    shared crons: id, command, last_run_at? time | unique command
    shared failed_jobs: id, uuid, connection long, payload long | unique uuid
    shared jobs: id, queue, payload long, attempts int
    shared job_batches: id text, name, total_jobs int, options? long
    shared cache: key, value long, expiration int | key key
    shared cache_locks: key, owner, expiration int | key key
    shared password_resets: email, token, created_at? time
    shared telescope_entries: sequence int, uuid uuid, batch_id uuid, type, content long | key sequence | unique uuid
    shared telescope_entries_tags: entry_uuid -> telescope_entries.uuid, tag | key entry_uuid+tag
    shared pulse_values: id, timestamp int, type, key long, value long
    shared sessions: id text, user_id? uuid, ip_address?, payload long, last_activity int
    accounts: id uuid, storage_limit_in_mb int, created_at? time
    templates: id, account_id -> accounts, name?, name_translation_key?, can_be_deleted bool
    template_pages: id, template_id -> templates, name?, slug, position? int, type?
    modules: id, account_id -> accounts, name?, type?, reserved_to_contact_information bool, pagination? int
    module_template_page: template_page_id -> template_pages, module_id -> modules, position? int
    module_rows: id, module_id -> modules, position? int
    module_row_fields: id, module_row_id -> module_rows, label, module_field_type, required bool
    users: id uuid, account_id -> accounts, first_name?, last_name?, email, password?, email_verified_at? time, timezone?, two_factor_secret? long | unique email
    genders: id, account_id -> accounts, name?, type?
    pronouns: id, account_id -> accounts, name?
    address_types: id, account_id -> accounts, name?, type?
    religions: id, account_id -> accounts, name?, position? int
    emotions: id, account_id -> accounts, name?, type
    pet_categories: id, account_id -> accounts, name?
    contact_information_types: id, account_id -> accounts, name?, protocol?, can_be_deleted bool
    gift_occasions: id, account_id -> accounts, label?, position? int
    gift_states: id, account_id -> accounts, label?, position? int
    post_templates: id, account_id -> accounts, label?, position int
    post_template_sections: id, post_template_id -> post_templates, label?, position int
    group_types: id, account_id -> accounts, label?, position int
    group_type_roles: id, group_type_id -> group_types, label?, position? int
    relationship_group_types: id, account_id -> accounts, name?, type?
    relationship_types: id, relationship_group_type_id -> relationship_group_types, name?, name_reverse_relationship?
    call_reason_types: id, account_id -> accounts, label?
    call_reasons: id, call_reason_type_id -> call_reason_types, label?
    account_currency: id, account_id -> accounts, currency_id -> currencies, active bool
    vaults: id uuid, account_id -> accounts, default_template_id? -> templates null, type, name, description?
    companies: id, vault_id -> vaults, name, type?
    contacts: id uuid, vault_id -> vaults, gender_id? -> genders null, pronoun_id? -> pronouns null, template_id? -> templates null, company_id? -> companies null, file_id? -> files null, religion_id? -> religions null, first_name?, last_name?, vcard? long, last_updated_at? time, deleted_at? time
    user_vault: vault_id -> vaults, user_id -> users, contact_id -> contacts, permission int
    contact_vault_user: contact_id -> contacts, vault_id -> vaults, user_id -> users, number_of_views int, is_favorite bool
    addresses: id, vault_id -> vaults, address_type_id? -> address_types null, line_1?, city?, latitude? double, longitude? double
    contact_address: contact_id -> contacts, address_id -> addresses, is_past_address bool
    groups: id, vault_id -> vaults, group_type_id? -> group_types null, uuid? uuid, name, vcard? long, deleted_at? time
    contact_group: group_id -> groups, contact_id -> contacts, group_type_role_id? -> group_type_roles null
    relationships: id, relationship_type_id -> relationship_types, contact_id -> contacts, related_contact_id -> contacts
    pets: id, contact_id -> contacts, pet_category_id -> pet_categories, uuid? uuid, name?
    contact_feed_items: id, contact_id -> contacts, author_id? -> users null, action, description?, feedable_type?, feedable_id? int
    labels: id, vault_id -> vaults, name, slug, bg_color
    contact_label: label_id -> labels, contact_id -> contacts
    contact_information: id, contact_id -> contacts, type_id -> contact_information_types, data, kind?, pref bool
    notes: id, contact_id -> contacts, vault_id -> vaults, author_id? -> users null, emotion_id? -> emotions null, title?, body long
    contact_important_date_types: id, vault_id -> vaults, label, internal_type?
    contact_important_dates: id, contact_id -> contacts, contact_important_date_type_id? -> contact_important_date_types null, label, day? int, month? int, year? int
    contact_reminders: id, contact_id -> contacts, label, type, last_triggered_at? time
    user_notification_channels: id, user_id? ~> users, type, label?, content long, active bool, fails int
    contact_reminder_scheduled: id, contact_reminder_id -> contact_reminders, user_notification_channel_id -> user_notification_channels, scheduled_at time, triggered_at? time
    user_notification_sent: id, user_notification_channel_id -> user_notification_channels, sent_at time, subject_line, payload? long, error? long
    files: id, vault_id -> vaults, ufileable_id? ~> fileable_type{App\\Models\\Contact=contacts}, fileable_type?, uuid, mime_type, name, size int
    loans: id, vault_id -> vaults, currency_id? -> currencies null, type, name, amount_lent? int, settled bool
    contact_loan: loan_id -> loans, loaner_id -> contacts, loanee_id -> contacts
    contact_tasks: id, contact_id -> contacts, author_id? -> users null, uuid? uuid, author_name, label, completed bool, due_at? time
    calls: id, contact_id -> contacts, call_reason_id? -> call_reasons, author_id? -> users null, emotion_id? -> emotions null, author_name, called_at time, duration? int, type
    life_event_categories: id, vault_id -> vaults, label?, position? int
    life_event_types: id, life_event_category_id -> life_event_categories, label?, position? int
    timeline_events: id, vault_id -> vaults, label?, started_at date, collapsed bool
    timeline_event_participants: contact_id -> contacts, timeline_event_id -> timeline_events
    life_events: id, timeline_event_id -> timeline_events, life_event_type_id -> life_event_types, emotion_id? -> emotions null, currency_id? -> currencies null, paid_by_contact_id? -> contacts null, summary?, happened_at date, costs? int
    life_event_participants: contact_id -> contacts, life_event_id -> life_events
    goals: id, contact_id -> contacts, name, active bool
    streaks: id, goal_id -> goals, happened_at time
    gifts: id, contact_id -> contacts, currency_id? -> currencies null, name, type, estimated_price? int
    contact_gift: loan_id -> loans, loaner_id -> contacts, loanee_id -> contacts
    journals: id, vault_id -> vaults, name, description?
    slice_of_lives: id, journal_id -> journals, file_cover_image_id? -> files null, name, description?
    posts: id, journal_id -> journals, slice_of_life_id? -> slice_of_lives null, title?, published bool, view_count int, written_at time
    post_sections: id, post_id -> posts, position int, label, content? long
    contact_post: post_id -> posts, contact_id -> contacts
    tags: id, vault_id -> vaults, name, slug
    post_tag: tag_id -> tags, post_id -> posts
    journal_metrics: id, journal_id -> journals, label
    post_metrics: id, post_id -> posts, journal_metric_id -> journal_metrics, value int, label?
    mood_tracking_parameters: id, vault_id -> vaults, label?, hex_color, position? int
    mood_tracking_events: id, contact_id -> contacts, mood_tracking_parameter_id -> mood_tracking_parameters, rated_at time, note? long
    vault_quick_facts_templates: id, vault_id -> vaults, label?, position int
    quick_facts: id, vault_quick_facts_template_id -> vault_quick_facts_templates, contact_id -> contacts, content
    life_metrics: id, vault_id -> vaults, label
    contact_life_metric: contact_id -> contacts, life_metric_id -> life_metrics
    sync_tokens: id, account_id -> accounts, user_id -> users, name, timestamp time
    webauthn_keys: id, user_id -> users, name, credentialId, type, credentialPublicKey long, counter int, used_at? time
    user_tokens: id, user_id -> users, driver_id, driver, format, token, expires_in? int
    personal_access_tokens: id, tokenable_id ~> tokenable_type{App\\Models\\User=users}, tokenable_type, name, token, abilities? long | unique token
    addressbook_subscriptions: id uuid, user_id -> users, vault_id -> vaults, sync_token_id? -> sync_tokens null, last_batch? -> job_batches null, uri, username, password, active bool, current_logid? int
    logs: id, loggable_id ~> loggable_type{App\\Models\\AddressBookSubscription=addressbook_subscriptions}, loggable_type, group_id int, level, message? long, logged_at time
  `),
};
