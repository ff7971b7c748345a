import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { system } from '../audit/audit.types.js';
import { isDomainError } from '../common/errors.js';
import { newSecret } from '../common/random.js';
import { Settings } from '../config/settings.js';
import { UsersService } from './users.service.js';

const defaultEmail = 'admin@localhost';

/** Makes the first superadmin, only while there is no user at all. */
@Injectable()
export class FirstSuperadmin implements OnApplicationBootstrap {
  readonly #log = new Logger(FirstSuperadmin.name);

  constructor(
    private readonly users: UsersService,
    private readonly settings: Settings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.settings.keepsHouse || (await this.users.count()) > 0) return;
    const { HOLDFAST_ADMIN_EMAIL, HOLDFAST_ADMIN_PASSWORD, HOLDFAST_AUTH } = this.settings.env;
    // Without authentication nobody logs in; a password that is printed now would be lost by the time it is needed.
    if (HOLDFAST_AUTH === 'disabled' && HOLDFAST_ADMIN_PASSWORD === undefined) return;
    const email = HOLDFAST_ADMIN_EMAIL ?? defaultEmail;
    const password = HOLDFAST_ADMIN_PASSWORD ?? newSecret(18);
    try {
      await this.users.create({ email, name: 'Administrator', role: 'superadmin', password }, system);
    } catch (error) {
      // Another process on the same catalogue was first; its password holds.
      if (isDomainError(error) && error.code === 'conflict') return;
      throw error;
    }
    this.#log.log(`Created the first superadmin ${email}.`);
    if (HOLDFAST_ADMIN_PASSWORD === undefined) printOnce(email, password);
  }
}

/** Straight to stdout and not through the log, which is kept and shipped elsewhere. */
function printOnce(email: string, password: string): void {
  process.stdout.write(
    `\nLog in as ${email} with the password ${password}\nIt is shown this once. Change it after the first log-in.\n\n`,
  );
}
