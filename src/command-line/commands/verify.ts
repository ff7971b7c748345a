import { Option } from 'commander';
import { CatalogService } from '../../catalog/catalog.service.js';
import { type VerificationLevel, verificationLevels } from '../../catalog/catalog.types.js';
import { DomainError, isDomainError } from '../../common/errors.js';
import { VerificationService } from '../../verification/verification.service.js';
import type { VerificationWish } from '../../verification/verification.types.js';
import { type AddCommand, type Context, type ProjectOption, projectOption } from './command.types.js';

interface VerifyOptions extends ProjectOption {
  level: VerificationLevel;
  copies: boolean;
}

interface Verdict {
  filename: string;
  verdict: string;
  detail: string;
}

export const addVerify: AddCommand = (program, run) => {
  program
    .command('verify')
    .description('prove what backups are worth; without a name, all of them')
    .argument('[filename]', 'as `list` shows it')
    .option(...projectOption)
    .addOption(
      new Option('--level <level>', 'restorable loads the backup into a place of its own')
        .choices(verificationLevels)
        .default('restorable'),
    )
    .option('--copies', 'read the copies in other places, too', false)
    .action((filename: string | undefined, { project, level, copies }: VerifyOptions) =>
      run(async (context) => {
        const catalog = context.session.get(CatalogService);
        const { database } = context;
        const scope = project === undefined ? { database } : { database, projectId: project };
        const backups =
          filename === undefined ? await catalog.all(scope) : [await catalog.get(scope, filename)];
        const verdicts: Verdict[] = [];
        const bad: DomainError[] = [];
        for (const backup of backups) {
          const { verdict, error } = await verify(context, backup, { level, copies });
          verdicts.push({ filename: backup.filename, ...verdict });
          if (error) bad.push(error);
        }
        context.output.table(verdicts, ['filename', 'verdict', 'detail'], 'There are no backups.');
        const [first] = bad;
        if (first) throw new DomainError(first.code, `${bad.length} of ${backups.length} did not pass.`);
      }),
    );
};

async function verify(
  { session }: Context,
  backup: Parameters<VerificationService['start']>[0],
  wish: VerificationWish,
): Promise<{ verdict: Omit<Verdict, 'filename'>; error?: DomainError }> {
  try {
    const job = await session
      .get(VerificationService)
      .start(backup, wish, session.caller, (report) => report);
    const { checks } = await session.finish(job);
    return { verdict: { verdict: wish.level, detail: checks.at(-1)?.detail ?? '' } };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return { verdict: { verdict: error.code, detail: error.detail }, error };
  }
}
