import { AuditService } from '../../audit/audit.service.js';
import { DomainError } from '../../common/errors.js';
import type { AddCommand } from './command.types.js';

export const addAudit: AddCommand = (program, run) => {
  program
    .command('audit')
    .description('who did what to which backup')
    .command('verify')
    .description('recompute the chain of the audit log and say where it is broken')
    .action(() =>
      run(async ({ session, output }) => {
        if (!session.hasCatalogue) throw noAuditLog();
        const { intact, entries, head, firstBroken } = await session.get(AuditService).verify();
        output.result(
          { intact, entries, head, first_broken: firstBroken ?? null },
          `${entries} entries, ${intact ? 'an unbroken chain' : 'a BROKEN chain'}. Head: ${head}`,
        );
        if (!firstBroken) return;
        throw new DomainError(
          'artefact-damaged',
          `The audit log was changed, first at entry ${firstBroken.seq}: ${firstBroken.reason}`,
        );
      }),
    );
};

function noAuditLog(): DomainError {
  return new DomainError(
    'storage-unavailable',
    'The audit log is in the catalogue, which is not in use here.',
  );
}
