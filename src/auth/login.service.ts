import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../audit/audit.types.js';
import { RateLimiter } from '../common/rate-limiter.js';
import { DomainError } from '../common/errors.js';
import { PasswordsService } from '../users/passwords.service.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import type { Caller } from './auth.types.js';

const quarterOfAnHour = 900;
const tooMany = 'Too many wrong passwords.';

/**
 * Checks passwords. Only failures count towards the limits, and the account's limit is per address, so that nobody
 * can lock somebody else out.
 */
@Injectable()
export class LoginService {
  readonly #perAccount = new RateLimiter(10, quarterOfAnHour);
  readonly #perAddress = new RateLimiter(100, quarterOfAnHour);

  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordsService,
    private readonly audit: AuditService,
  ) {}

  /** Throws DomainError `unauthenticated`, the same for an unknown user and a wrong password; `rate-limited`. */
  async login(email: string, password: string, address: string): Promise<User> {
    const user = await this.users.findByEmail(email);
    const check = async () => {
      if ((await this.#fits(email, user, password, address)) && user) return user;
      throw new DomainError('unauthenticated', 'The e-mail address or the password is wrong.');
    };
    const often = normalized(email);
    return this.audit.watch({ by: comer(user), action: 'login', subject: user?.id ?? null, often }, check);
  }

  /** Throws DomainError `forbidden` when the current password is wrong; `rate-limited`. */
  async changePassword(caller: Caller, current: string, wanted: string, address: string): Promise<void> {
    const user = await this.users.get(caller.id);
    if (!(await this.#fits(user.email, user, current, address))) {
      const refusal = new DomainError('forbidden', 'The current password is wrong.');
      const act = { by: caller, action: 'change-password', subject: caller.id, often: true } as const;
      await this.audit.note(act, 'refused', refusal);
      throw refusal;
    }
    await this.users.change(caller.id, { password: wanted }, caller);
  }

  /** The limits are looked at again when it is our turn: guesses that came in one burst count one after the other. */
  async #fits(email: string, user: User | null, password: string, address: string): Promise<boolean> {
    const account = `${normalized(email)} ${address}`;
    await this.#checkLimits(account, address);
    return this.passwords.inTurn(async () => {
      await this.#checkLimits(account, address);
      const passwordHash = await this.users.passwordHashOf(user?.id ?? 0);
      const fits = await this.passwords.verify(passwordHash, password);
      if (fits) {
        await this.#perAccount.forgive(account);
      } else {
        await this.#perAccount.count(account, tooMany);
        await this.#perAddress.count(address, tooMany);
      }
      return fits;
    });
  }

  async #checkLimits(account: string, address: string): Promise<void> {
    await this.#perAccount.check(account, tooMany);
    await this.#perAddress.check(address, tooMany);
  }
}

/** What strangers type as an address is not kept: now and then it is a password. */
function comer(user: User | null): Actor {
  return { id: user?.id ?? null, name: user?.name ?? 'unknown account', via: 'password' };
}

function normalized(email: string): string {
  return email.trim().toLowerCase();
}
