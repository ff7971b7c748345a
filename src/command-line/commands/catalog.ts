import { AuditService } from '../../audit/audit.service.js';
import { DiscoveryService } from '../../catalog/discovery.service.js';
import { OffsiteDiscovery } from '../../offsite/offsite-discovery.service.js';
import type { AddCommand } from './command.types.js';

export const addCatalog: AddCommand = (program, run) => {
  program
    .command('catalog')
    .description('the list of what backups exist')
    .command('rebuild')
    .description(
      'take every backup of the backup folder, and of the places for copies, into the catalogue; from then on retention ' +
        'counts them, too',
    )
    .action(() =>
      run(async ({ session, output }) => {
        const discovery = session.get(DiscoveryService);
        const here = await discovery.everywhere();
        const offsite = await session.get(OffsiteDiscovery).everywhere();
        const unlisted = [...here.unlisted, ...offsite.unlisted];
        const act = { by: session.caller, action: 'rebuild-catalog' } as const;
        const accepted = await session.get(AuditService).watch(act, () => discovery.accept());
        for (const { path, reason } of unlisted) output.warn(`Not a backup: ${path}: ${reason}`);
        output.result(
          { accepted, unlisted },
          `${accepted} backups were taken into the catalogue; ${unlisted.length} files are no backups.`,
        );
      }),
    );
};
