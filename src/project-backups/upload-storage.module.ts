import { Module } from '@nestjs/common';
import { MulterModule } from '@nestjs/platform-express';
import { Settings } from '../config/settings.js';
import { DatabasesModule } from '../databases/databases.module.js';
import { ProjectScopeModule } from '../project-scope/project-scope.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { UploadStorage } from './upload-storage.js';

@Module({
  imports: [DatabasesModule, ProjectScopeModule, ProjectsModule],
  providers: [UploadStorage],
  exports: [UploadStorage],
})
export class UploadStorageModule {}

/** Multer, as the controllers of the importing module use it: one file, into our storage. */
export const uploads = MulterModule.registerAsync({
  imports: [UploadStorageModule],
  inject: [UploadStorage, Settings],
  useFactory: (storage: UploadStorage, { env }: Settings) => ({
    storage,
    limits: { fileSize: env.HOLDFAST_MAX_UPLOAD_MB * 1024 * 1024, files: 1, fields: 10, fieldSize: 10_000 },
  }),
});
