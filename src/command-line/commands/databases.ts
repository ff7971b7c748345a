import { DomainError } from '../../common/errors.js';
import { KeyRotationService } from '../../databases/key-rotation.service.js';
import type { AddCommand } from './command.types.js';

export const addDatabases: AddCommand = (program, run) => {
  program
    .command('databases')
    .description('the registered databases')
    .command('rotate-key')
    .description('encrypt all connection data with a fresh key, or with HOLDFAST_SECRET_KEY when it is set')
    .action(() =>
      run(async ({ session, output }) => {
        if (!session.hasCatalogue) throw noRegistrations();
        const { resealed, keyId } = await session.get(KeyRotationService).rotate(session.caller);
        output.result(
          { resealed, key_id: keyId },
          `The connection data of ${resealed} databases is encrypted with the key ${keyId} now. The old key is no longer needed.`,
        );
      }),
    );
};

function noRegistrations(): DomainError {
  return new DomainError(
    'storage-unavailable',
    'The registered databases are in the catalogue, which is not in use here.',
  );
}
