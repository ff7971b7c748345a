import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, In, type QueryDeepPartialEntity, Repository } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { Actor, AuditAction, AuditDetails } from '../audit/audit.types.js';
import { Clock } from '../common/clock.js';
import type { PageRequest } from '../common/http/page.dto.js';
import { isUniqueViolation } from '../persistence/unique-violation.js';
import { PasswordsService } from './passwords.service.js';
import { changeUnlessLastSuperadmin, type UserStatement } from './last-superadmin.js';
import { User } from './user.entity.js';
import { emailTaken, lastSuperadmin, unknownUser } from './users.errors.js';
import type { NewUser, UserChanges, UserRole } from './users.types.js';

export type UserSort = 'id' | 'created_at' | 'email' | 'name' | 'role';
export type UserFilter = 'email' | 'role';

const columns: Record<UserSort, keyof User> = {
  id: 'id',
  created_at: 'createdAt',
  email: 'email',
  name: 'name',
  role: 'role',
};

/**
 * Who exists. Every change is one statement: requests share the catalogue's connection on SQLite, where a transaction
 * that spans several statements would take in other requests' statements.
 */
@Injectable()
export class UsersService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly passwords: PasswordsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  count(): Promise<number> {
    return this.users.count();
  }

  find(id: number): Promise<User | null> {
    return this.users.findOneBy({ id });
  }

  /** Throws DomainError `not-found`. */
  async get(id: number): Promise<User> {
    const user = await this.find(id);
    if (!user) throw unknownUser();
    return user;
  }

  findMany(ids: number[]): Promise<User[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.users.findBy({ id: In(ids) });
  }

  /** Some catalogue engines take `é` for `e`; two people's addresses must not be taken for one. */
  async findByEmail(email: string): Promise<User | null> {
    const found = await this.users.findBy({ email: normalized(email) });
    return found.find((user) => user.email === normalized(email)) ?? null;
  }

  async findBySubject(externalSubject: string): Promise<User | null> {
    const found = await this.users.findBy({ externalSubject });
    return found.find((user) => user.externalSubject === externalSubject) ?? null;
  }

  /** For checking a password; null when the user has none or does not exist. */
  async passwordHashOf(id: number): Promise<string | null> {
    const user = await this.users.findOne({ select: { id: true, passwordHash: true }, where: { id } });
    return user?.passwordHash ?? null;
  }

  async list(page: PageRequest<UserSort, UserFilter>): Promise<{ users: User[]; total: number }> {
    const where: FindOptionsWhere<User> = {};
    if (page.filter.email !== undefined) where.email = normalized(page.filter.email);
    if (page.filter.role !== undefined) where.role = page.filter.role as UserRole;
    const direction = page.descending ? 'DESC' : 'ASC';
    const [users, total] = await this.users.findAndCount({
      where,
      order: { [columns[page.sort]]: direction, ...(page.sort !== 'id' && { id: direction }) },
      skip: page.offset,
      take: page.limit,
    });
    return { users, total };
  }

  /** Throws DomainError `conflict` when the address is taken. */
  async create(user: NewUser, by: Actor): Promise<User> {
    const created = await this.#create(user);
    const { email, role } = created;
    await this.audit.note({ by, action: 'make-user', subject: created.id, details: { email, role } }, 'ok');
    return created;
  }

  async #create(user: NewUser): Promise<User> {
    const now = this.clock.now();
    const passwordHash = user.password === undefined ? null : await this.passwords.hash(user.password);
    const { identifiers } = await this.users
      .insert({
        email: normalized(user.email),
        name: user.name,
        role: user.role,
        passwordHash,
        externalSubject: user.externalSubject ?? null,
        createdAt: now,
        updatedAt: now,
      })
      .catch(rethrowTakenEmail);
    return this.get(Number(identifiers[0]?.['id']));
  }

  /** Throws DomainError `not-found`; `conflict` for a taken address and for demoting the last superadmin. */
  async change(id: number, changes: UserChanges, by: Actor): Promise<User> {
    const before = await this.get(id);
    const details = whatChanges(before, changes);
    return this.audit.watch({ by, action: weightiest(details), subject: id, details }, () =>
      this.#change(id, changes),
    );
  }

  async #change(id: number, changes: UserChanges): Promise<User> {
    const update: QueryDeepPartialEntity<User> = { updatedAt: this.clock.now() };
    if (changes.email !== undefined) update.email = normalized(changes.email);
    if (changes.name !== undefined) update.name = changes.name;
    if (changes.role !== undefined) update.role = changes.role;
    if (changes.password !== undefined) update.passwordHash = await this.passwords.hash(changes.password);

    const demotes = changes.role !== undefined && changes.role !== 'superadmin';
    if (demotes) await this.#unlessLastSuperadmin(id, (users) => users.update().set(update));
    else await this.users.update({ id }, update).catch(rethrowTakenEmail);
    return this.get(id);
  }

  /** Throws DomainError `not-found`; `conflict` for the last superadmin. */
  async remove(id: number, by: Actor): Promise<void> {
    const { email, role } = await this.get(id);
    await this.audit.watch({ by, action: 'remove-user', subject: id, details: { email, role } }, () =>
      this.#unlessLastSuperadmin(id, (users) => users.delete()),
    );
  }

  /** Ties a host application's subject to an account, unless it has one or is superadmin by now. */
  async linkSubject(id: number, externalSubject: string, by: Actor): Promise<boolean> {
    const { affected } = await this.users
      .createQueryBuilder()
      .update()
      .set({ externalSubject, updatedAt: this.clock.now() })
      .where("id = :id AND external_subject IS NULL AND role <> 'superadmin'", { id })
      .execute();
    const linked = affected === 1;
    if (linked) await this.audit.note({ by, action: 'link-user', subject: id }, 'ok');
    return linked;
  }

  async #unlessLastSuperadmin(id: number, change: UserStatement): Promise<void> {
    const changed = await changeUnlessLastSuperadmin(this.users, id, change).catch(rethrowTakenEmail);
    if (!changed && (await this.find(id))) throw lastSuperadmin();
  }
}

/** What the audit log says of a change: never the password itself. */
function whatChanges(before: User, { email, name, password, role }: UserChanges): AuditDetails {
  return {
    email: before.email,
    ...(email !== undefined && normalized(email) !== before.email && { to_email: normalized(email) }),
    ...(name !== undefined && name !== before.name && { to_name: name }),
    ...(role !== undefined && role !== before.role && { from_role: before.role, to_role: role }),
    ...(password !== undefined && { password_changed: true }),
  };
}

function weightiest(details: AuditDetails): AuditAction {
  if ('to_role' in details) return 'change-role';
  return 'password_changed' in details ? 'change-password' : 'change-user';
}

function normalized(email: string): string {
  return email.trim().toLowerCase();
}

function rethrowTakenEmail(error: unknown): never {
  throw isUniqueViolation(error) ? emailTaken(error) : error;
}
