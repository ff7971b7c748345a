import { type Application, readTables } from './application.js';

/**
 * Invoice Ninja 5, by company: companies of one account share their users. Almost every table has a foreign key to its
 * company, many have three or four that lead there; what invoices, payments and the like refer to besides is only known to
 * the application. Numbers are unique in a company.
 */
export const invoiceNinja: Application = {
  name: 'Invoice Ninja',
  root: 'companies',
  // A hash may wait for its payment; until then only its fee invoice says whose it is.
  projectsFile: `
databases:
  default:
    root: companies
    name: company_key
    references: { payment_hashes.fee_invoice_id: invoices, client_contacts.company_id: companies }
    exclude: { licenses: what the maker sold }
`,
  rename: {
    'client_contacts.oauth_user_id': { suffix: '-copy' },
    'vendor_contacts.oauth_user_id': { suffix: '-copy' },
  },
  onlyDeclared: [],
  doubted: ['client_contacts', 'licenses'],
  tables: readTables(`
    shared countries: id, name, iso_3166_2
    shared currencies: id, name, precision int, code
    shared languages: id, name, locale
    shared timezones: id, name, utc_offset int
    shared date_formats: id, format
    shared datetime_formats: id, format
    shared industries: id, name
    shared sizes: id, name
    shared banks: id, name, remote_id?, bank_library_id int
    shared gateways: id, name, key, provider, fields long | unique key
    shared gateway_types: id, alias?, name?
    shared payment_libraries: id, name?, visible bool
    shared payment_types: id, name, gateway_type_id? int
    shared licenses: id, first_name?, license_key?, transaction_reference?, product_id? int, recurring_invoice_id? int | unique license_key
    shared failed_jobs: id, uuid?, payload long, exception long | unique uuid
    shared jobs: id, queue, payload long, attempts int
    shared migrations: id, migration, batch int
    shared password_resets: email, token, created_at? time
    shared accounts: id, plan?, plan_term?, plan_price? decimal, default_company_id int, payment_id? int, key?, trial_started? date
    shared users: id, account_id -> accounts, first_name?, last_name?, email?, password?, language_id?, accepted_terms_version? | unique email
    companies: id, account_id -> accounts, industry_id? -> industries restrict, size_id? -> sizes restrict, company_key, settings long, custom_fields? long, subdomain?, enabled_modules int | unique company_key
    company_user: id, company_id -> companies, account_id -> accounts, user_id ~> users, permissions? long, notifications? long, is_owner bool, is_admin bool | unique company_id+user_id
    company_tokens: id, company_id -> companies, account_id -> accounts, user_id -> users, token?, name?, is_system bool
    company_gateways: id, company_id -> companies, user_id -> users, gateway_key -> gateways.key restrict, accepted_credit_cards int, config? long, fees_and_limits? long
    group_settings: id, company_id -> companies, user_id? ~> users, name?, settings? long, is_default bool
    designs: id, company_id? -> companies, user_id? ~> users, name, is_custom bool, design? long
    task_statuses: id, company_id? -> companies, user_id? -> users, name?, color, status_order? int
    tax_rates: id, company_id -> companies, user_id? -> users, name, rate decimal
    payment_terms: id, company_id? -> companies, user_id? -> users, num_days? int, name?
    webhooks: id, company_id? -> companies, user_id? ~> users, event_id? int, target_url, headers? long
    schedulers: id, company_id -> companies, user_id ~> users, frequency_id? int, name, next_run? time, template, parameters? long
    clients: id, company_id -> companies, user_id ~> users, assigned_user_id? ~> users, industry_id? -> industries restrict, size_id? -> sizes restrict, country_id? ~> countries, group_settings_id? ~> group_settings, name?, balance decimal, paid_to_date decimal, settings? long, number? | unique company_id+number
    client_contacts: id, client_id -> clients, company_id ~> companies, user_id ~> users, first_name?, email?, contact_key?, is_primary bool, oauth_user_id? | unique oauth_user_id
    vendors: id, company_id -> companies, user_id -> users, assigned_user_id? ~> users, currency_id? -> currencies restrict, country_id? -> countries restrict, name?, vat_number?, number? | unique company_id+number
    vendor_contacts: id, company_id -> companies, user_id -> users, vendor_id -> vendors, first_name?, email?, oauth_user_id? | unique oauth_user_id
    client_gateway_tokens: id, company_id -> companies, client_id? -> clients, company_gateway_id ~> company_gateways, gateway_type_id ~> gateway_types, token?, meta? long, is_default bool
    projects: id, company_id -> companies, user_id -> users, client_id? ~> clients, name, budgeted_hours decimal, due_date? date, number? | unique company_id+number
    products: id, company_id -> companies, user_id -> users, project_id? ~> projects, vendor_id? ~> vendors, product_key?, notes? long, cost decimal, price decimal, in_stock_quantity int
    expense_categories: id, company_id -> companies, user_id ~> users, name?, color
    subscriptions: id, company_id -> companies, user_id ~> users, group_id? ~> group_settings, name, product_ids? long, price decimal, webhook_configuration? long | unique company_id+name
    recurring_invoices: id, company_id -> companies, client_id -> clients, user_id -> users, project_id? ~> projects, vendor_id? ~> vendors, design_id? ~> designs, subscription_id? ~> subscriptions, status_id int, frequency_id int, number?, amount decimal, line_items? long, next_send_date? time | unique company_id+number
    recurring_quotes: id, company_id -> companies, client_id -> clients, user_id -> users, project_id? ~> projects, status_id int, frequency_id int, number?, amount decimal
    recurring_expenses: id, company_id -> companies, user_id -> users, vendor_id? ~> vendors, client_id? ~> clients, category_id? ~> expense_categories, status_id int, frequency_id int, amount decimal, number? | unique company_id+number
    invoices: id, company_id -> companies, client_id -> clients, user_id -> users, assigned_user_id? ~> users, project_id? ~> projects, vendor_id? ~> vendors, recurring_id? ~> recurring_invoices, design_id? ~> designs, subscription_id? ~> subscriptions, status_id int, number?, date? date, amount decimal, balance decimal, line_items? long | unique company_id+number
    quotes: id, company_id -> companies, client_id -> clients, user_id -> users, project_id? ~> projects, invoice_id? ~> invoices, status_id int, number?, amount decimal, line_items? long | unique company_id+number
    credits: id, company_id -> companies, client_id -> clients, user_id -> users, project_id? ~> projects, invoice_id? ~> invoices, status_id int, number?, amount decimal, balance decimal | unique company_id+number
    expenses: id, company_id -> companies, user_id -> users, vendor_id? ~> vendors, client_id? ~> clients, invoice_id? ~> invoices, category_id? ~> expense_categories, recurring_expense_id? ~> recurring_expenses, currency_id? ~> currencies, amount decimal, date? date, number? | unique company_id+number
    purchase_orders: id, company_id -> companies, client_id? -> clients, user_id -> users, vendor_id? ~> vendors, expense_id? ~> expenses, status_id int, number?, amount decimal
    client_subscriptions: id, company_id -> companies, subscription_id -> subscriptions restrict, recurring_invoice_id? -> recurring_invoices restrict, client_id -> clients restrict, invoice_id? -> invoices, trial_started? int
    invoice_invitations: id, company_id -> companies, user_id -> users, client_contact_id -> client_contacts, invoice_id -> invoices, key, sent_date? time | unique client_contact_id+invoice_id
    quote_invitations: id, company_id -> companies, user_id -> users, client_contact_id -> client_contacts, quote_id -> quotes, key, sent_date? time | unique client_contact_id+quote_id
    credit_invitations: id, company_id -> companies, user_id -> users, client_contact_id -> client_contacts, credit_id -> credits, key, sent_date? time | unique client_contact_id+credit_id
    recurring_invoice_invitations: id, company_id -> companies, user_id -> users, client_contact_id -> client_contacts, recurring_invoice_id -> recurring_invoices, key | unique client_contact_id+recurring_invoice_id
    recurring_quote_invitations: id, company_id -> companies, user_id -> users, client_contact_id -> client_contacts, recurring_quote_id -> recurring_invoices, key | unique client_contact_id+recurring_quote_id
    purchase_order_invitations: id, company_id -> companies, user_id -> users, vendor_contact_id -> vendor_contacts, purchase_order_id -> purchase_orders, key | unique vendor_contact_id+purchase_order_id
    tasks: id, company_id -> companies, user_id -> users, client_id? -> clients, invoice_id? -> invoices, project_id? ~> projects, status_id? ~> task_statuses, number?, rate decimal, time_log? long, description? long | unique company_id+number
    payments: id, company_id -> companies, client_id -> clients, user_id? -> users, client_contact_id? -> client_contacts, company_gateway_id? -> company_gateways, project_id? ~> projects, status_id int, amount decimal, refunded decimal, date? date, number?, idempotency_key? | unique company_id+number | unique company_id+idempotency_key
    paymentables: id, payment_id -> payments, paymentable_id ~> paymentable_type{invoices=invoices App\\Models\\Credit=credits}, amount decimal, refunded decimal, paymentable_type
    payment_hashes: id, payment_id? -> payments, fee_invoice_id? ~> invoices, hash, fee_total decimal, data long
    documents: id, company_id -> companies, user_id ~> users, project_id? ~> projects, documentable_id ~> documentable_type{App\\Models\\Invoice=invoices App\\Models\\Client=clients App\\Models\\Expense=expenses}, documentable_type, path?, hash?, size? int
    activities: id, company_id -> companies, user_id? ~> users, client_id? ~> clients, client_contact_id? ~> client_contacts, project_id? ~> projects, payment_id? ~> payments, invoice_id? ~> invoices, credit_id? ~> credits, quote_id? ~> quotes, task_id? ~> tasks, expense_id? ~> expenses, token_id? ~> company_tokens, activity_type_id? int, ip?, notes?
    backups: id, activity_id -> activities, json_backup? long, amount decimal, filename? long
    company_ledgers: id, company_id -> companies, client_id? -> clients, activity_id? ~> activities, company_ledgerable_id ~> company_ledgerable_type{App\\Models\\Invoice=invoices App\\Models\\Payment=payments}, company_ledgerable_type, adjustment? decimal, balance? decimal, hash? long
    system_logs: id, company_id -> companies, client_id? -> clients, user_id? ~> users, category_id? int, event_id? int, log long
    transaction_events: id, client_id -> clients, invoice_id ~> invoices, payment_id ~> payments, credit_id ~> credits, client_balance decimal, event_id int, timestamp int
    bank_companies: id, company_id -> companies, bank_id -> banks restrict, user_id -> users, username?
    bank_subcompanies: id, company_id -> companies, user_id -> users, bank_company_id -> bank_companies, account_name?, account_number?
    bank_integrations: id, account_id -> accounts, company_id -> companies, user_id -> users, provider_name, provider_id int, bank_account_id int, balance decimal
    bank_transaction_rules: id, company_id -> companies, user_id -> users, client_id? ~> clients, vendor_id? ~> vendors, category_id? ~> expense_categories, name, rules? long, auto_convert bool
    bank_transactions: id, company_id -> companies, user_id -> users, bank_integration_id -> bank_integrations, transaction_id int, currency_id? ~> currencies, vendor_id? ~> vendors, payment_id? ~> payments, bank_transaction_rule_id? ~> bank_transaction_rules, expense_id? long, invoice_ids? long, amount decimal, date? date
  `),
};
