import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CallerProjects, ProjectAccess } from '../auth/auth.types.js';
import { DatabasesModule } from '../databases/databases.module.js';
import { MaintenanceModule } from '../maintenance/maintenance.module.js';
import { ProjectScopeModule } from '../project-scope/project-scope.module.js';
import { UsersModule } from '../users/users.module.js';
import { AcceptedScope } from './accepted-scope.entity.js';
import { MemberAccess } from './member-access.js';
import { MembersController } from './members.controller.js';
import { MembersService } from './members.service.js';
import { ProjectDirectory } from './project-directory.service.js';
import { ProjectMember } from './project-member.entity.js';
import { ProjectsController } from './projects.controller.js';
import { ScopeController } from './scope.controller.js';
import { ScopeCoverage } from './scope-coverage.service.js';
import { ScopeReports } from './scope.service.js';
import { VisibleProjects } from './visible-projects.js';

/** Global because auth/, below, asks for ProjectAccess and CallerProjects without knowing who answers. */
@Global()
@Module({
  imports: [
    UsersModule,
    DatabasesModule,
    MaintenanceModule,
    ProjectScopeModule,
    TypeOrmModule.forFeature([AcceptedScope, ProjectMember]),
  ],
  controllers: [ScopeController, ProjectsController, MembersController],
  providers: [
    ProjectDirectory,
    MembersService,
    ScopeCoverage,
    ScopeReports,
    VisibleProjects,
    { provide: ProjectAccess, useClass: MemberAccess },
    { provide: CallerProjects, useExisting: VisibleProjects },
  ],
  exports: [ProjectDirectory, ProjectAccess, CallerProjects, ScopeCoverage, ScopeReports],
})
export class ProjectsModule {}
